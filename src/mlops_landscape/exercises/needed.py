"""Which files of the package the exercises and their checks need, by following imports."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from mlops_landscape.paths import REPOSITORY

PACKAGE = REPOSITORY / "src" / "mlops_landscape"
_DOTTED = re.compile(r"\bmlops_landscape(?:\.\w+)*")


def modules_of_cells(cells: Iterable[str]) -> set[str]:
    """Return the modules of the package that a notebook's cells import, or name in a script."""
    found: set[str] = set()
    for cell in cells:
        tree = ast.parse(TransformerManager().transform_cell(cell))
        found |= _imported(tree, "")
        # A cell may write a script, or start a module with `python -m`.
        for text in _texts(tree):
            found.update(_DOTTED.findall(text))
    return {name for name in found if _file(name)}


def modules_of_file(path: Path, package: str = "") -> set[str]:
    """Return the modules of the package that a Python file imports, or starts with ``-m``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    started = {text for text in _texts(tree) if _DOTTED.fullmatch(text)}
    return {name for name in _imported(tree, package) | started if _file(name)}


def package_files(modules: Iterable[str]) -> list[Path]:
    """Return the files of `modules`, and of all modules of the package that these need, sorted.

    What lies beside them and is no Python (scripts, styles, schemas) belongs to them.
    """
    waiting = {"mlops_landscape", *modules}
    known: set[str] = set()
    files: set[Path] = set()
    while waiting:
        name = waiting.pop()
        known.add(name)
        # Importing a module imports the packages around it.
        outer, _, _ = name.rpartition(".")
        found = {outer} if outer else set()
        path = _file(name)
        if path is not None:
            files.add(path)
            is_package = path.name == "__init__.py"
            found |= modules_of_file(path, name if is_package else outer)
            if is_package:
                files.update(_data_beside(path.parent))
        waiting |= found - known
    return sorted(files)


def _file(name: str) -> Path | None:
    if name.split(".")[0] != "mlops_landscape":
        return None
    base = PACKAGE.joinpath(*name.split(".")[1:])
    candidates = (base / "__init__.py", base.with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


def _imported(tree: ast.AST, package: str) -> set[str]:
    """Return every module, or name in a module, that an import below `tree` asks for."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            start = parts[: len(parts) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            found.add(module)
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _data_beside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        own = not any((parent / "__init__.py").is_file() for parent in _between(path, folder))
        if path.is_file() and own and path.suffix not in {".py", ".pyc"}:
            yield path


def _between(path: Path, folder: Path) -> list[Path]:
    """Return the folders around `path` below `folder`."""
    return [parent for parent in path.parents if folder in parent.parents]
