"""Which names a piece of Python binds, and which it needs from outside."""

import ast
import builtins
import symtable
from collections.abc import Iterator

_BUILTINS = frozenset(dir(builtins))


def bound(tree: ast.AST) -> set[str]:
    """Return the names that running `tree` binds where it runs, not inside its functions."""
    found: set[str] = set()
    for node in _outside_functions(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return found


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    if not isinstance(tree, inner + comprehensions):
        for child in ast.iter_child_nodes(tree):
            yield from _outside_functions(child)


def needed(node: ast.stmt | ast.expr) -> set[str]:
    """Return the names that `node` takes from outside: neither its own nor Python's."""
    statement = ast.Expr(node) if isinstance(node, ast.expr) else node
    source = ast.unparse(ast.fix_missing_locations(ast.Module([statement], [])))
    top = symtable.symtable(source, "", "exec")
    own = set() if isinstance(statement, ast.Assign | ast.AugAssign) else bound(statement)
    found = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    found |= set(_globals_of_functions(top))
    return found - own - _BUILTINS


def _globals_of_functions(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        for symbol in child.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                yield symbol.get_name()
        yield from _globals_of_functions(child)


def imports(tree: ast.Module) -> dict[str, str]:
    """Return the import statements at the top of `tree`, by the name that each binds."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = ast.unparse(ast.Import([alias]))
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                statement = ast.ImportFrom(node.module, [alias], 0)
                found[alias.asname or alias.name] = ast.unparse(statement)
    return found
