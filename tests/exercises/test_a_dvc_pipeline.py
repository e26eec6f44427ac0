"""Checks of the exercise `a-dvc-pipeline`, in the order in which to mend.

They read what Git and the store hold. DVC itself is not started.
"""

import hashlib
from configparser import ConfigParser
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.repository import Repository
from mlops_landscape.exercises.work import Work

HOME = "dvc-work/delays"
STORE = "dvc-work/store"
TABLE = "data/flights.csv"
NOTE = f"{TABLE}.dvc"


def repository(work: Work) -> Repository:
    return work.repository(HOME)


def noted(work: Work, revision: str = "HEAD") -> str:
    """Return the MD5 that the table's note has in a commit."""
    outs = repository(work).mapping(NOTE, revision).get("outs")
    first = outs[0] if isinstance(outs, list) and outs else {}
    assert "md5" in first, f"`{NOTE}` names no MD5"
    return str(first["md5"])


def remote(work: Work, revision: str) -> str | None:
    """Return the URL of the default remote that DVC's settings name in a commit."""
    settings = ConfigParser()
    settings.read_string(repository(work).text(".dvc/config", revision) or "")
    name = settings.get("core", "remote", fallback="")
    return settings.get(f"'remote \"{name}\"'", "url", fallback=None)


def stage(work: Work) -> dict[str, Any]:
    stages = repository(work).mapping("dvc.yaml").get("stages")
    assert isinstance(stages, dict), "`dvc.yaml` has no stages"
    names = ", ".join(f"`{name}`" for name in stages)
    assert "summarise" in stages, f"the stages are: {names}; asked for is `summarise`"
    found = stages["summarise"]
    assert isinstance(found, dict), "the stage `summarise` is empty"
    return found


def named(stage: dict[str, Any], key: str) -> list[str]:
    """Return the names that stand below a key of a stage, with or without settings of their own."""
    listed = stage.get(key) or []
    return [next(iter(one)) if isinstance(one, dict) else str(one) for one in listed]


def tagged(work: Work, tag: str) -> None:
    tags = repository(work).tags()
    assert tag in tags, f"the tags are: {', '.join(tags) or 'none'}; not `{tag}`"


def locked(work: Work, tag: str) -> None:
    """Check that the result of a tag was made from the table of that tag."""
    tagged(work, tag)
    stages = repository(work).mapping("dvc.lock", tag).get("stages", {})
    deps = stages.get("summarise", {}).get("deps", [])
    used = {dep["path"]: dep.get("md5") for dep in deps}
    assert TABLE in used, f"`dvc.lock` at `{tag}` does not know `{TABLE}`"
    expected = noted(work, tag)
    assert used[TABLE] == expected, (
        f"at `{tag}` the result was made from the table {str(used[TABLE])[:8]}…, and the note "
        f"names {expected[:8]}…"
    )


@worth(
    points=1,
    hint="In `dvc-work/delays`: `git init`, then `dvc init`, then commit what `dvc init` made.",
)
def test_dvc_is_in_the_repository(work: Work) -> None:
    """The repository has a commit with DVC's settings."""
    files = repository(work).files()
    assert files, f"`{HOME}` has no commit yet"
    assert ".dvc/config" in files, "`.dvc/config` is not in the last commit"


@worth(
    points=1,
    hint="The ignore rule lies beside the table: `git add data/flights.csv.dvc data/.gitignore`. "
    "If one of the files does not exist, `git add` adds none of them.",
)
def test_the_note_is_committed(work: Work) -> None:
    """Git has the note on the table, and not the table."""
    files = repository(work).files()
    assert TABLE not in files, f"Git holds `{TABLE}` itself"
    assert NOTE in files, f"`{NOTE}` is not in the last commit"
    noted(work)


@worth(
    points=1,
    hint='Add the remote with `dvc remote add -d store "$STORE"` and commit `.dvc/config` before '
    "the first `dvc add`. Run all cells from the first: it starts over.",
)
def test_the_remote_came_first(work: Work) -> None:
    """The first commit with data knows the remote."""
    first = repository(work).first_with(NOTE)
    assert first, f"no commit has `{NOTE}`"
    url = remote(work, first)
    assert url is not None, f"the first commit with `{NOTE}` knows no default remote"
    assert url.startswith("/"), f"the path of the default remote, `{url}`, is not absolute"


@worth(
    points=1,
    hint="List both files below `deps`: what is not listed can change without a new run.",
)
def test_the_stage_knows_its_inputs(work: Work) -> None:
    """The stage `summarise` depends on the script and the table."""
    found = stage(work)
    missing = {"summarise.py", TABLE} - set(named(found, "deps"))
    assert not missing, f"below `deps` is missing: {', '.join(sorted(missing))}"
    assert "late.csv" in named(found, "outs"), "`late.csv` is not below `outs`"


@worth(
    points=1,
    hint="Name it below `params`. DVC does not read your script; unless the stage names the "
    "parameter, a new limit changes nothing.",
)
def test_the_stage_knows_its_parameter(work: Work) -> None:
    """The stage `summarise` names the parameter `late_minutes`."""
    names = named(stage(work), "params")
    listed = ", ".join(f"`{name}`" for name in names) or "none"
    assert "late_minutes" in names, f"the parameters of the stage are: {listed}"


@worth(
    points=1,
    hint="`dvc repro` writes `dvc.lock`; commit it together with the note, then `git tag v1`.",
)
def test_version_one_is_consistent(work: Work) -> None:
    """At `v1` the result was made from the table of `v1`."""
    locked(work, "v1")


@worth(
    points=1,
    hint="Run the cell that writes February, then `dvc add` the table, commit, and tag `v2`.",
)
def test_version_two_is_another_table(work: Work) -> None:
    """At `v2` the note names other bytes than at `v1`."""
    tagged(work, "v2")
    assert noted(work, "v1") != noted(work, "v2"), "the notes of `v1` and `v2` name the same bytes"


@worth(
    points=1,
    hint="After `dvc add`, run `dvc repro` before you commit: the tag shall hold the new table "
    "and the result that was made from it.",
)
def test_version_two_is_consistent(work: Work) -> None:
    """At `v2` the result was made from the table of `v2`."""
    locked(work, "v2")


@worth(
    points=1,
    hint="`dvc push` sends what the workspace uses. `dvc push --all-tags` sends what any tag uses.",
)
def test_both_versions_are_in_the_store(work: Work) -> None:
    """The store holds the tables of `v1` and `v2`, byte for byte."""
    for tag in ("v1", "v2"):
        md5 = noted(work, tag)
        kept = work.folder / STORE / "files/md5" / md5[:2] / md5[2:]
        assert kept.is_file(), f"the table of `{tag}` is not in the store"
        found = hashlib.md5(kept.read_bytes(), usedforsecurity=False).hexdigest()
        assert found == md5, f"the table of `{tag}` in the store has been changed"


@worth(
    points=1,
    hint="`git show v1:data/flights.csv.dvc` prints the note as it was; take what follows `md5: `.",
)
def test_old_md5_names_version_one(work: Work) -> None:
    """The variable `old_md5` names the bytes of version 1."""
    given, expected = work.answer("old_md5"), noted(work, "v1")
    new = noted(work, "v2")
    assert given != new, "`old_md5` names the table of `v2`"
    assert given == expected, f"`old_md5` is {given!r}, and the note at `v1` says otherwise"
