"""What the stages leave behind is the same whoever makes it."""

import json
import subprocess
from pathlib import Path

import mlflow
import pandas as pd
import pytest

from mlops_landscape import journey


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return journey.repository(tmp_path_factory.mktemp("journey") / "late-flights")


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Return the metrics of the champion that `journey.registry` makes."""
    store = journey.registry(tmp_path_factory.mktemp("registry"))
    client = mlflow.MlflowClient(store, store)
    version = client.get_model_version_by_alias("late-flights", "champion")
    return client.get_run(version.run_id).data.metrics


def git(folder: Path, *command: str) -> str:
    ran = subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_registry_says_what_the_second_report_says(
    repository: Path, champion: dict[str, float]
) -> None:
    assert json.loads((repository / "metrics.json").read_text()) == pytest.approx(
        champion, rel=0, abs=1e-12
    )


def test_the_repository_is_clean_and_holds_no_flight(repository: Path) -> None:
    assert git(repository, "status", "--short") == ""
    assert ".parquet\n" not in git(repository, "ls-files")
    assert git(repository, "tag").split() == ["report-1", "report-2"]
    assert git(repository, "log", "-1", "--format=%as").strip() == "2013-07-08"


def test_the_first_february_is_kept_and_short(repository: Path, tmp_path: Path) -> None:
    note = git(repository, "show", "report-1:data/2013-02.parquet.dvc")
    md5 = note.split("md5: ")[1].split()[0]
    kept = Path(f"{repository}-remote", "files", "md5", md5[:2], md5[2:])
    first = tmp_path / "first.parquet"
    first.write_bytes(kept.read_bytes())
    days = pd.read_parquet(first)["day"]
    assert days.max() == 25
    assert pd.read_parquet(repository / "data/2013-02.parquet")["day"].max() == 28


def test_made_twice_it_has_the_same_numbers_and_models(repository: Path, tmp_path: Path) -> None:
    again = journey.repository(tmp_path / "late-flights")
    for tag in ("report-1", "report-2"):
        for file in ("metrics.json", "dvc.lock"):
            assert git(again, "show", f"{tag}:{file}") == git(repository, "show", f"{tag}:{file}")


def test_the_first_report_can_be_made_again(repository: Path, tmp_path: Path) -> None:
    lines = git(repository, "show", "report-1:metrics.json")
    assert lines != git(repository, "show", "report-2:metrics.json")
    folder = journey.start(tmp_path)
    for note in git(repository, "ls-tree", "--name-only", "report-1", "data/").split():
        if not note.endswith(".dvc"):
            continue
        md5 = git(repository, "show", f"report-1:{note}").split("md5: ")[1].split()[0]
        month = folder / note.removesuffix(".dvc")
        month.parent.mkdir(exist_ok=True)
        kept = Path(f"{repository}-remote", "files", "md5", md5[:2], md5[2:])
        month.write_bytes(kept.read_bytes())
    for command in (["fit.py", *journey.FIT_ON], ["judge.py", journey.JUDGE_ON]):
        journey._run(folder, *command)
    assert (folder / "metrics.json").read_text() == lines


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("mine\n")
    with pytest.raises(FileExistsError, match=r"model\.py"):
        journey.start(tmp_path)
    assert (tmp_path / "model.py").read_text() == "mine\n"


def test_a_step_that_fails_says_why(tmp_path: Path) -> None:
    journey.start(tmp_path)
    with pytest.raises(RuntimeError, match=r"fit.py.* failed:(.|\n)*No objects to concatenate"):
        journey._run(tmp_path, "fit.py")


def test_what_pages_show_fits_on_a_phone() -> None:
    for file in journey.PROJECT.iterdir():
        if file.is_file():
            longest = max(file.read_text().splitlines(), key=len)
            assert len(longest) <= 79, f"{file.name}: {longest}"
