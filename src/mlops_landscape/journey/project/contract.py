"""What the server accepts; everything else is refused with a reason."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST = 1000  # flights in one request


class Strict(BaseModel):
    """Refuses fields that it does not know, and numbers that are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Flight(Strict):
    """What is known before a flight leaves; weather may be missing."""

    id: Annotated[str, Field(min_length=1, max_length=60)]
    carrier: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]
    origin: Literal["EWR", "JFK", "LGA"]
    dest: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    departure: Annotated[float, Field(ge=0, lt=24)]
    weekday: Annotated[float, Field(ge=0, le=6)]
    distance: Annotated[float, Field(gt=0, le=6000)]
    temp: Annotated[float, Field(ge=-40, le=130)] | None = None
    dewp: Annotated[float, Field(ge=-60, le=100)] | None = None
    humid: Annotated[float, Field(ge=0, le=100)] | None = None
    wind_dir: Annotated[float, Field(ge=0, le=360)] | None = None
    wind_speed: Annotated[float, Field(ge=0, le=253)] | None = None
    precip: Annotated[float, Field(ge=0)] | None = None
    pressure: Annotated[float, Field(ge=850, le=1100)] | None = None
    visib: Annotated[float, Field(ge=0)] | None = None


class Flights(Strict):
    """A request for predictions."""

    flights: Annotated[list[Flight], Field(min_length=1, max_length=MOST)]


class Outcome(Strict):
    """What became of a flight, when it has landed."""

    id: str
    late: bool


class Outcomes(Strict):
    """A report of what became of flights."""

    outcomes: Annotated[list[Outcome], Field(min_length=1, max_length=MOST)]
