"""The command ``mlops-landscape``."""

import argparse
import errno
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mlops_landscape.errors import BuildError, InputError, SetupError

PORT = 8000


def _build(options: argparse.Namespace) -> int:
    from mlops_landscape.book.build import build
    from mlops_landscape.book.serve import serve_book

    folder = build()
    print(f"Open {folder / 'index.html'}")
    if options.offer and sys.stdin.isatty() and sys.stdout.isatty():
        answer = input(f"Serve it at http://127.0.0.1:{options.port}/ now? [y/N] ")
        if answer.strip().lower() in {"y", "yes"}:
            serve_book(folder, options.port)
    elif options.offer:
        print("or serve it on this machine: make serve")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from mlops_landscape.book.build import HTML
    from mlops_landscape.book.serve import serve_book

    if not (HTML / "index.html").is_file():
        raise SetupError("The book has not been built yet. Mend: run `make book` first.")
    serve_book(HTML, options.port)
    return 0


def _validate(options: argparse.Namespace) -> int:
    from mlops_landscape.book.validate import validate
    from mlops_landscape.catalogue import STALE_DAYS, load_catalogue
    from mlops_landscape.catalogue.freshness import stale_tools

    print(f"{len(validate())} pages, the catalogue, the quizzes and the exercises are in order.")
    stale = stale_tools(load_catalogue(), options.on)
    if stale:
        first = min(stale[0].checked_days)
        print(
            f"{len(stale)} tools have facts older than {STALE_DAYS} days on {options.on}, the "
            f"oldest of {first}. Their pages say so. Check again, the oldest first: "
            + ", ".join(tool.id for tool in stale)
        )
    return 0


def _build_exercises(options: argparse.Namespace) -> int:
    from mlops_landscape.exercises.commands import build_exercises

    build_exercises()
    return 0


def _prove_exercises(options: argparse.Namespace) -> int:
    from mlops_landscape.exercises.commands import prove_all

    return prove_all(options.slugs or None)


def _import_exercise(options: argparse.Namespace) -> int:
    from mlops_landscape.exercises.interchange.nbgrader import import_nbgrader

    print(import_nbgrader(options.file, options.slug, None, options.chapter, options.minutes))
    return 0


def _export_exercise(options: argparse.Namespace) -> int:
    from mlops_landscape.exercises.interchange.nbgrader import export_nbgrader
    from mlops_landscape.exercises.interchange.otter import export_otter

    export = {"nbgrader": export_nbgrader, "otter": export_otter}[options.to]
    print(export(options.slug, options.out))
    return 0


def _new_exercise(options: argparse.Namespace) -> int:
    from mlops_landscape.exercises.new import new_exercise, next_steps
    from mlops_landscape.paths import relative

    written = new_exercise(
        options.slug,
        options.title,
        options.chapter,
        options.points,
        options.minutes,
        options.tools,
    )
    for path in written:
        print(f"wrote {relative(path)}")
    print(next_steps(options.slug))
    return 0


def _release(options: argparse.Namespace) -> int:
    from mlops_landscape.exercises.release import release

    released = release(options.out, options.slugs)
    print(f"{released.files} files, with no solution, hidden check or wrong answer among them:")
    print(f"  {released.folder}")
    print(f"  {released.archive}")
    return 0


def _grade(options: argparse.Namespace) -> int:
    from mlops_landscape.grading.command import grade

    return grade(options)


def _make_environments(options: argparse.Namespace) -> int:
    from mlops_landscape.environments import environment, names

    for name in options.names or names():
        made = environment(name)
        print(f"{name}: {len(made.versions)} packages, {made.megabytes:.0f} MB")
    return 0


def _picture(options: argparse.Namespace) -> int:
    from mlops_landscape.book.picture import take_pictures

    take_pictures()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mlops-landscape", description="Build, check and serve the course."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="check, run and render the book")
    build.add_argument("--offer", action="store_true", help="offer to serve it afterwards")
    build.add_argument("--port", type=int, default=PORT)
    build.set_defaults(run=_build)

    serve = commands.add_parser("serve", help="serve the built book on 127.0.0.1")
    serve.add_argument("--port", type=int, default=PORT)
    serve.set_defaults(run=_serve)

    validate = commands.add_parser("validate", help="check everything that is written by hand")
    validate.add_argument(
        "--on",
        type=date.fromisoformat,
        default=date.today(),
        metavar="YYYY-MM-DD",
        help="say which facts will be too old on that day; today by default",
    )
    validate.set_defaults(run=_validate)

    exercises = commands.add_parser("exercises", help="begin, generate, prove and exchange them")
    actions = exercises.add_subparsers(required=True, metavar="ACTION")

    new = actions.add_parser("new", help="write a small exercise that holds, to write over")
    new.add_argument("slug", help="its name: small letters and digits, words joined by hyphens")
    new.add_argument("--title", required=True)
    new.add_argument("--chapter", required=True, help="below book/, such as tools/mlflow")
    new.add_argument("--points", type=int, default=10)
    new.add_argument("--minutes", type=int, default=20, help="how long a learner needs")
    new.add_argument(
        "--tools",
        nargs="+",
        default=[],
        metavar="PACKAGE",
        help="whose versions its page shows; by default the chapter's first",
    )
    new.set_defaults(run=_new_exercise)

    generate = actions.add_parser("build", help="make every exercise from its solution")
    generate.set_defaults(run=_build_exercises)

    prove = actions.add_parser("check", help="run solutions, exercises and wrong answers")
    prove.add_argument("slugs", nargs="*", help="only these; all by default")
    prove.set_defaults(run=_prove_exercises)

    incoming = actions.add_parser("import", help="make one of an nbgrader assignment, running it")
    incoming.add_argument("file", type=Path, help="the notebook with solutions and hidden tests")
    incoming.add_argument("--as", dest="slug", required=True, help="name of the exercise")
    incoming.add_argument("--chapter", default="index", help="document below book/ it belongs to")
    incoming.add_argument("--minutes", type=int, default=30, help="that a learner needs")
    incoming.set_defaults(run=_import_exercise)

    outgoing = actions.add_parser("export", help="write one for another grader")
    outgoing.add_argument("slug", help="name of the exercise")
    outgoing.add_argument("--to", choices=["nbgrader", "otter"], required=True)
    outgoing.add_argument("--out", type=Path, required=True, metavar="DIR")
    outgoing.set_defaults(run=_export_exercise)

    release = commands.add_parser("release", help="make the learner's package of the exercises")
    release.add_argument("slugs", nargs="*", help="only these; all by default")
    release.add_argument("--out", type=Path, required=True, metavar="DIR")
    release.set_defaults(run=_release)

    from mlops_landscape.grading.command import add_arguments

    grade = commands.add_parser("grade", help="grade what a class has handed in")
    add_arguments(grade)
    grade.set_defaults(run=_grade)

    own = commands.add_parser("environments", help="make tools' own environments, and weigh them")
    own.add_argument("names", nargs="*", help="only these; all by default")
    own.set_defaults(run=_make_environments)

    picture = commands.add_parser("picture", help="photograph the map for README and landing page")
    picture.set_defaults(run=_picture)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code (1: something is wrong and was said)."""
    options = _parser().parse_args(arguments)
    # Imported late everywhere above: `--help` and `serve` need none of the heavy libraries.
    try:
        return int(options.run(options))
    except (InputError, SetupError) as error:
        print(error, file=sys.stderr)
    except BuildError as error:
        print(f"\n{error}\n\nThe book was not built.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted. The next run goes on from here.", file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"No space left on the disk ({error.filename}). Mend: free some.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
