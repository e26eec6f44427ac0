"""The month of the model as an Airflow DAG; what its tasks do is in months.py.

The heavy imports stand inside the tasks: Airflow reads this file often.
"""

from datetime import datetime, timedelta

from airflow.sdk import CronDataIntervalTimetable, dag, task


@dag(
    schedule=CronDataIntervalTimetable("@monthly", timezone="UTC"),
    start_date=datetime(2013, 7, 1),
    end_date=datetime(2013, 12, 1),  # our data end here
    catchup=True,  # a month that was missed is made up for
    max_active_runs=1,  # a month must meet the champion of the one before
    default_args={"retries": 1, "retry_delay": timedelta(seconds=2)},
)
def late_flights() -> None:
    """Collect a month, fit a model, decide whether it is the champion."""

    @task
    def collect(data_interval_start: datetime | None = None) -> str:
        import collect
        import months

        month = f"{data_interval_start:%Y-%m}"
        collect.collect(month, months.DATA)
        print(f"{month}: {months.check(month):,} flights")
        return month

    @task
    def train(month: str) -> str:
        import months

        return months.train(month)

    @task
    def decide(month: str, version: str) -> None:
        import months

        told = months.decide(month, version)
        print(f"{month}: version {version} is {told['decision']}")

    month = collect()
    decide(month, train(month))


flow = late_flights()
