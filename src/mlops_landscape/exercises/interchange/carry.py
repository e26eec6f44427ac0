"""From a cell of asserts, which another grader runs beside the learner's objects, to a check.

A check runs in another process, on data. So each part of an assert that needs something of the
notebook (a variable, a call of a learner's function) becomes data: a variable that is data becomes
an answer; for anything else the notebook gets a cell, in the place of the test cell, that makes the
calls and hands over what came of them (see `outcomes`). The verdict is always left to the check.
"""

import ast
import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_landscape.exercises.interchange.names import bound, needed
from mlops_landscape.exercises.outcomes import outcome

# What these do depends on the folder and on the process, so it is done in the notebook.
_OF_THE_PROCESS = {"os", "pathlib", "glob", "shutil", "subprocess", "sqlite3", "mlflow", "sys"}
_LONGEST_LABEL = 60

Facts = Mapping[str, Mapping[str, Any]]


class NotCarriedError(Exception):
    """A statement cannot be carried; the message says why, as a clause."""


def look(call: Callable[[], Any]) -> dict[str, Any]:
    """Return what the importer wants to know of one candidate, from inside the notebook."""
    kept: list[Any] = []

    def keep() -> Any:  # noqa: ANN401
        kept.append(call())
        return kept[0]

    found = outcome(keep)
    facts = {
        "data": "value" in found,
        "error": found.get("error"),
        "bool": kept != [] and isinstance(found.get("value"), bool),
    }
    if facts["data"]:
        try:
            facts["same"] = getattr(kept[0], "ndim", 0) == 0 and bool(kept[0] == found["value"])
        except Exception:  # a foreign class may refuse to be compared
            facts["same"] = False
    return facts


@dataclass
class Carried:
    """A check in the making.

    Attributes
    ----------
    lines
        Statements of the check's body.
    answers
        Variables of the notebook that it takes as they are.
    calls
        What the added cell evaluates, in order.
    setup
        Statements of the test cell that the added cell needs first.
    imports
        Import statements of the notebook that the check needs as well.
    asserts
        How many statements can fail.
    left_out
        Sentences on statements that are not in it.
    """

    lines: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    setup: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    asserts: int = 0
    left_out: list[str] = field(default_factory=list)


class Carrier:
    """Turns the statements of one test cell.

    Parameters
    ----------
    body
        The statements, without the docstring.
    imports
        Import statements of the notebook, by name.
    rebound
        Names that cells after this one bind again: they are not taken at the end.
    facts
        What `look` said of each candidate; None while the candidates are only collected.
    variable
        Name of the variable that the added cell makes.
    """

    def __init__(
        self,
        body: list[ast.stmt],
        imports: Mapping[str, str],
        rebound: set[str],
        facts: Facts | None,
        variable: str,
    ) -> None:
        self._body = body
        self._imports = imports
        self._rebound = rebound
        self._facts = facts
        self._variable = variable
        self._local: dict[str, str | None] = {}  # by name: the statement, if it needs no learner
        self.candidates: list[str] = []
        self.carried = Carried()
        taken = {node.id for part in body for node in ast.walk(part) if isinstance(node, ast.Name)}
        self._seen, self._expected = (name + "_" * (name in taken) for name in ("seen", "expected"))

    def run(self) -> Carried:
        """Carry what can be carried."""
        for number, statement in enumerate(self._body):
            text = shorten(ast.unparse(statement).splitlines()[0])
            if isinstance(statement, ast.Delete):
                reason = "it takes away what the learner made, to see what then fails"
                rest = " and all after it" if number + 1 < len(self._body) else ""
                self.carried.left_out.append(f"`{text}`{rest}: {reason}")
                break
            if _prints(statement):
                continue
            try:
                self._statement(statement)
            except NotCarriedError as error:
                self.carried.left_out.append(f"`{text}`: {error}")
        return self.carried

    # --- statements

    def _statement(self, statement: ast.stmt) -> None:
        raises = _expects_an_error(statement)
        if raises is not None:
            self._error(*raises)
            return
        names = bound(statement)
        before = len(self.carried.calls)
        changed, wrapped = self._replace(statement)
        if isinstance(statement, ast.Assert):
            assert isinstance(changed, ast.Assert)
            self.carried.lines += self._assertion(statement, changed, wrapped)
        else:
            spoken = ast.fix_missing_locations(_Speak().visit(changed))
            self.carried.lines += ast.unparse(spoken).splitlines()
        if isinstance(statement, ast.Assert) or _can_fail(statement):
            self.carried.asserts += 1
        own = len(self.carried.calls) == before and not self._live(statement)
        for name in names:
            self._local[name] = ast.unparse(statement) if own else None

    def _error(self, exception: str, call: ast.expr) -> None:
        source = self._hand_over(call, must_be_data=False)
        label = source.replace("`", "'")
        self.carried.lines += [
            f"{self._seen} = handed.error({source!r})",
            f"assert {self._seen} == {exception!r}, (",
            f"    {f'`{shorten(label)}` must end in {exception}, and ended '!r}",
            f"    + (f'in {{{self._seen}}}' if {self._seen} else 'well')",
            ")",
        ]
        self.carried.asserts += 1

    def _assertion(self, original: ast.Assert, changed: ast.Assert, wrapped: bool) -> list[str]:
        """Give the assertion a message that says what was seen and what was expected."""
        test = changed.test
        single = isinstance(test, ast.Compare) and len(test.ops) == 1
        message = changed.msg
        if message is not None:
            return [f"assert {ast.unparse(test)}, {ast.unparse(message)}"]
        label = shorten(ast.unparse(original.test)).replace("`", "'")
        if not single or not isinstance(test.ops[0], ast.Eq):
            return [f"assert {ast.unparse(test)}, {f'this is not so: `{label}`'!r}"]
        assert isinstance(original.test, ast.Compare)
        left, right = test.left, test.comparators[0]
        label = shorten(ast.unparse(original.test.left)).replace("`", "'")
        other = f"as_data({ast.unparse(right)})" if wrapped else ast.unparse(right)
        parts = [
            ast.Constant(f"`{label}` is "),
            ast.FormattedValue(ast.Name(self._seen), 114),
            ast.Constant(", expected is "),
            ast.FormattedValue(ast.Name(self._expected), 114),
        ]
        text = ast.unparse(ast.fix_missing_locations(ast.Expression(ast.JoinedStr(parts))))
        return [
            f"{self._seen}, {self._expected} = {ast.unparse(left)}, {other}",
            f"assert {self._seen} == {self._expected}, {text}",
        ]

    # --- expressions

    def _live(self, node: ast.stmt | ast.expr) -> set[str]:
        """Return the names in `node` that only the notebook can give."""
        return {
            name
            for name in needed(node)
            if name not in {*self._local, "work", "handed"} and not self._is_plain_import(name)
        }

    def _is_plain_import(self, name: str) -> bool:
        statement = self._imports.get(name)
        return statement is not None and statement.split()[1].split(".")[0] not in _OF_THE_PROCESS

    def _replace(self, statement: ast.stmt) -> tuple[ast.stmt, bool]:
        """Return `statement` with what needs the notebook replaced by data, as a copy.

        The second value says whether one side of a comparison was changed on its way, as tuples
        become lists, so that the other must be changed alike.
        """
        result = copy.deepcopy(statement)
        wrapped = False
        while (found := self._next_root(result)) is not None:
            path = found
            chosen, same = self._choose(path, statement)
            source = ast.unparse(chosen)
            if isinstance(chosen, ast.Name) and same and chosen.id not in self._rebound:
                if chosen.id not in self.carried.answers:
                    self.carried.answers.append(chosen.id)
                    self.carried.lines.append(f"{chosen.id} = work.answer({chosen.id!r})")
                self._local[chosen.id] = None
                continue
            self._hand_over(chosen, must_be_data=True)
            wrapped = wrapped or not same
            new = ast.parse(f"handed.value({source!r})", mode="eval").body
            result = _Exchange(chosen, new).visit(result)
        for name in sorted(needed(result) & set(self._imports) - set(self._local)):
            self.carried.imports.append(self._imports[name])
        return ast.fix_missing_locations(result), wrapped

    def _next_root(self, statement: ast.stmt) -> list[ast.AST] | None:
        """Return the way to the first node that needs the notebook, from the statement down."""
        live = self._live(statement)

        def walk(node: ast.AST, way: list[ast.AST]) -> list[ast.AST] | None:
            here = [*way, node]
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if node.id in live or node.id == "open":
                    return here
            elif isinstance(node, ast.Attribute) and node.attr.startswith(("read_", "load")):
                return here
            for child in ast.iter_child_nodes(node):
                if (found := walk(child, here)) is not None:
                    return found
            return None

        return walk(statement, [])

    def _choose(self, way: list[ast.AST], statement: ast.stmt) -> tuple[ast.expr, bool]:
        """Return the smallest part around a root that is data, and whether it stayed the same."""
        root = way[-1]
        chain: list[ast.expr] = []
        around: list[ast.expr] = []
        child = root
        on_chain = True
        for node in reversed(way[:-1]):
            if isinstance(node, ast.keyword | ast.Starred | ast.FormattedValue):
                child = node
                continue
            if not isinstance(node, ast.expr) or isinstance(
                node, ast.BoolOp | ast.IfExp | ast.Lambda | ast.ListComp | ast.GeneratorExp
            ):
                break
            trailer = (isinstance(node, ast.Call) and node.func is child) or (
                isinstance(node, ast.Attribute | ast.Subscript) and node.value is child
            )
            on_chain = on_chain and trailer
            (chain if on_chain else around).append(node)
            child = node
        inner = bound(statement) if not isinstance(statement, ast.Assign) else set()
        name = root if isinstance(root, ast.Name) and root.id != "open" else None
        options = ([name] if name else []) + list(reversed(chain))
        options += [n for n in around if isinstance(n, ast.Call | ast.Attribute | ast.Subscript)]
        reasons: list[str] = []
        good: list[ast.expr] = []
        for option in options:
            try:
                self._setup_for(option, inner)
            except NotCarriedError as reason:
                reasons.append(str(reason))
                continue
            source = ast.unparse(option)
            if self._facts is None:
                self.candidates.append(source)
                continue
            facts = self._facts.get(source, {})
            if facts.get("bool") and option in around:
                reasons.append(f"`{shorten(source)}` would hand over a bare yes or no")
            elif facts.get("data"):
                good.append(option)
            elif facts.get("error"):
                reasons.append(f"on the solution, `{shorten(source)}` ends in {facts['error']}")
            elif option is not name:
                reasons.append(f"`{shorten(source)}` is no data")
        if self._facts is None:
            # Only collecting: what is chosen does not matter, but the rest must still be seen.
            return (chain[-1] if chain else name or ast.Constant(None)), False
        if not good:
            raise NotCarriedError(reasons[0] if reasons else f"`{ast.unparse(root)}` is no data")
        same = {option: bool(self._facts[ast.unparse(option)].get("same")) for option in good}
        if good[0] is name and (same[name] or len(good) == 1 or good[1] not in chain):
            return name, same[name]
        # `x.shape` says more than what a list keeps of the array `x`.
        best = next(option for option in good if option is not name)
        return best, same[best]

    def _setup_for(self, node: ast.expr, inner: set[str]) -> list[str]:
        """Return the test cell's own statements that evaluating `node` in the notebook needs."""
        lines: list[str] = []
        for name in sorted(needed(node)):
            if name in inner:
                raise NotCarriedError("it asks for each turn of a loop")
            if name in self.carried.answers or name not in self._local:
                continue
            statement = self._local[name]
            if statement is None:
                raise NotCarriedError(f"it goes on with `{name}`, which is computed in the check")
            tree = ast.parse(statement).body[0]
            lines += [line for line in self._setup_for_statement(tree) if line not in lines]
            if statement not in lines:
                lines.append(statement)
        return lines

    def _setup_for_statement(self, statement: ast.stmt) -> list[str]:
        lines: list[str] = []
        for name in sorted(needed(statement) & set(self._local)):
            earlier = self._local[name]
            if earlier is not None and earlier != ast.unparse(statement):
                lines += self._setup_for_statement(ast.parse(earlier).body[0])
                lines.append(earlier)
        return lines

    def _hand_over(self, node: ast.expr, must_be_data: bool) -> str:
        source = ast.unparse(node)
        setup = self._setup_for(node, set())
        if self._facts is None:
            self.candidates.append(source)
        self.carried.setup += [line for line in setup if line not in self.carried.setup]
        if not self.carried.calls:
            self.carried.lines.insert(0, f"handed = Seen(work, {self._variable!r})")
        if source not in self.carried.calls:
            self.carried.calls.append(source)
        return source


class _Exchange(ast.NodeTransformer):
    """Puts `new` wherever the text of `old` stands."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self._old = ast.dump(old)
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and ast.dump(node) == self._old:
            return copy.deepcopy(self._new)
        return self.generic_visit(node)


class _Speak(ast.NodeTransformer):
    """Gives each assertion a message: ours say something to the learner."""

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        if node.msg is None:
            node.msg = ast.Constant(f"this is not so: `{shorten(ast.unparse(node.test))}`")
        return node


def shorten(source: str) -> str:
    """Return `source` on one line, cut where it gets long."""
    line = " ".join(source.split())
    return line if len(line) <= _LONGEST_LABEL else line[: _LONGEST_LABEL - 1] + "…"


def cell(variable: str, calls: Iterable[str], setup: Iterable[str], function: str) -> str:
    """Return the source of the cell that makes the calls; `function` wraps each."""
    module = "outcomes" if function == "outcome" else "interchange.carry"
    keys = {call: repr(call) if set(call) & set('"\\\n') else f'"{call}"' for call in calls}
    entries = "".join(f"    {key}: {function}(lambda: {call}),\n" for call, key in keys.items())
    head = f"from mlops_landscape.exercises.{module} import {function}\n\n"
    before = "".join(f"{line}\n" for line in setup)
    return f"{head}{before}{variable} = {{\n{entries}}}"


def _prints(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "print"
    ) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def _can_fail(statement: ast.stmt) -> bool:
    """Return whether it is a call such as `assert_equal(a, b)`, or holds an assert."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if "assert" in name.lower() or name in {"ok_", "eq_"}:
                return True
    return False


def _expects_an_error(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """Return the exception and the call of a statement that says only "this must raise"."""
    if isinstance(statement, ast.Try):
        handlers = statement.handlers
        silent = len(handlers) == 1 and all(isinstance(s, ast.Pass) for s in handlers[0].body)
        fails = len(statement.orelse) == 1 and isinstance(
            statement.orelse[0], ast.Raise | ast.Assert
        )
        if not (silent and fails) or statement.finalbody:
            return None
        exception, body = handlers[0].type, statement.body
    elif isinstance(statement, ast.With) and len(statement.items) == 1:
        manager = statement.items[0].context_expr
        if not isinstance(manager, ast.Call) or len(manager.args) != 1 or manager.keywords:
            return None
        if not ast.unparse(manager.func).endswith(("raises", "assertRaises")):
            return None
        exception, body = manager.args[0], statement.body
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if not ast.unparse(call.func).endswith(("raises", "assertRaises")) or len(call.args) < 2:
            return None
        made = ast.Call(call.args[1], call.args[2:], call.keywords)
        return (call.args[0].id, made) if isinstance(call.args[0], ast.Name) else None
    else:
        return None
    if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(exception, ast.Name):
        return None
    return exception.id, body[0].value
