"""What a script's argparse takes, read from its calls of `add_argument`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sagewright.preflight.code.reading import Code, Module

_WITHOUT_VALUE = ("store_true", "store_false", "store_const", "append_const", "count", "help", "version")
_SWITCHES = ("BooleanOptionalAction",)
_UNKNOWN = object()


class Option(NamedTuple):
    """One option, or an argument without dashes.

    Attributes:
        names: With their dashes, for example `("-e", "--epochs")`.
        kind: The name of the `type`; None: text. Another text than a builtin's name: not known.
        choices: None: any.
        values: How many arguments it takes, as `nargs` says it; None: one; 0: none.
    """

    names: Sequence[str]
    dest: str
    node: ast.Call
    module: Module
    kind: str | None = None
    choices: Sequence[Any] | None = None
    is_required: bool = False
    values: Any = None


class Options(NamedTuple):
    """All options of a script.

    Attributes:
        is_closed: These are all that there are.
        rejects_unknown: The script ends where an argument is unknown.
        parses, parsers: The calls that read the command line, and those that make parsers.
    """

    options: Sequence[Option]
    is_closed: bool
    rejects_unknown: bool
    abbreviates: bool
    parses: Sequence[tuple[Module, ast.Call]]
    parsers: Sequence[tuple[Module, ast.Call]]

    def named(self, name: str) -> Option | None:
        """Return the option that an argument means, abbreviated names included."""
        exact = next((option for option in self.options if name in option.names), None)
        if exact or not self.abbreviates or not name.startswith("--"):
            return exact
        long = [option for option in self.options if any(other.startswith(name) for other in option.names)]
        return long[0] if len(long) == 1 else None

    @property
    def long_names(self) -> list[str]:
        """The names of options, without dashes."""
        return [name.lstrip("-") for option in self.options for name in option.names if name.startswith("-")]


def options_of(code: Code) -> Options | None:
    """Return the options of the script, or else those of the modules that it imports; None: it has none."""
    for modules in (code.modules[:1], code.modules[1:]):
        calls = [(module, node) for module in modules for node in module.nodes if isinstance(node, ast.Call)]
        parsers = [(module, call) for module, call in calls if _name_of(call.func) == "ArgumentParser"]
        parses = [(m, c) for m, c in calls if _name_of(c.func) in ("parse_args", "parse_known_args")]
        if parsers and parses:
            return _options(calls, parsers, parses, modules)
    return None


def _options(
    calls: Sequence[tuple[Module, ast.Call]],
    parsers: Sequence[tuple[Module, ast.Call]],
    parses: Sequence[tuple[Module, ast.Call]],
    modules: Sequence[Module],
) -> Options:
    added = [(module, call) for module, call in calls if _name_of(call.func) == "add_argument"]
    options = [option for module, call in added for option in _option(module, call)]
    return Options(
        options=options,
        is_closed=(
            len(parsers) == 1
            and len(options) == len(added)
            and not any(_name_of(call.func) in ("add_subparsers", "add_parser", "set_defaults") for _, call in calls)
            and not any(keyword.arg in ("parents", "prefix_chars", None) for keyword in parsers[0][1].keywords)
            and len(added) == sum(_adds(node) for module in modules for node in module.nodes)
            and not _is_handed_on(calls, parsers[0], modules)
        ),
        rejects_unknown=all(_name_of(call.func) == "parse_args" and _reads_command_line(call) for _, call in parses),
        abbreviates=_constant(parsers[0][1], "allow_abbrev") is not False,
        parses=parses,
        parsers=parsers,
    )


def _adds(node: ast.AST) -> bool:
    """Tell whether it is `parser.add_argument`, which may go by another name and be called later."""
    return isinstance(node, ast.Attribute) and node.attr == "add_argument"


def _option(module: Module, call: ast.Call) -> Iterator[Option]:
    """Yield the option that a call adds; nothing where its names are not written out."""
    names = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if not names or len(names) != len(call.args) or any(keyword.arg is None for keyword in call.keywords):
        return
    action, kind = _keyword(call, "action"), _keyword(call, "type")
    action_name = action.value if isinstance(action, ast.Constant) else _name_of(action) if action else None
    takes_none = action_name in (*_WITHOUT_VALUE, *_SWITCHES)
    is_positional = not names[0].startswith("-")
    values = 0 if takes_none else _constant(call, "nargs")
    long = [name for name in names if name.startswith("--")] or names
    dest = _constant(call, "dest")
    if action_name == "BooleanOptionalAction":
        names += [f"--no-{name[2:]}" for name in long]
    yield Option(
        names=names,
        dest=dest if isinstance(dest, str) else long[0].lstrip("-").replace("-", "_"),
        node=call,
        module=module,
        kind=None if kind is None else _name_of(kind) or "?",
        choices=_choices(call),
        is_required=values not in ("?", "*") if is_positional else _constant(call, "required") is True,
        values=values,
    )


def _choices(call: ast.Call) -> Sequence[Any] | None:
    node = _keyword(call, "choices")
    if node is None:
        return None
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return list(value) if isinstance(value, (list, tuple, set, dict)) else None


def _is_handed_on(
    calls: Sequence[tuple[Module, ast.Call]], parser: tuple[Module, ast.Call], modules: Sequence[Module]
) -> bool:
    """Tell whether the parser goes to a function that these modules do not define, which may add options."""
    module, made = parser
    statement = next(module.above(made), None)
    names = {target.id for target in getattr(statement, "targets", ()) if isinstance(target, ast.Name)}
    defined = {n.name for other in modules for n in other.nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    return any(
        isinstance(argument, ast.Name) and argument.id in names and _name_of(call.func) not in defined
        for _, call in calls
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def _reads_command_line(call: ast.Call) -> bool:
    given = call.args[:1] or [keyword.value for keyword in call.keywords if keyword.arg == "args"]
    return not given or (isinstance(given[0], ast.Constant) and given[0].value is None) or "argv" in ast.dump(given[0])


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _constant(call: ast.Call, name: str) -> Any:
    """Return a keyword's value; None where there is none; something of no meaning where it is computed."""
    node = _keyword(call, name)
    if node is None:
        return None
    return node.value if isinstance(node, ast.Constant) else _UNKNOWN


def _name_of(node: ast.AST) -> str:
    """Return the last name of `a.b.c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
