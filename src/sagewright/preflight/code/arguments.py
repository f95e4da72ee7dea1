"""Hyperparameters against the script's argparse, and the script's own uses of what argparse returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.preflight.code.options import Option, Options, options_of
from sagewright.preflight.code.reading import Code, Module
from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.vocabulary.script_mode import argument_of, decoded, is_reserved, option_of
from sagewright.vocabulary.suggestions import nearest, slip_of

_NUMBERS = {"int": (int, "a whole number"), "float": (float, "a number")}
_KEYWORDS = (
    *("action", "nargs", "const", "default", "type", "choices", "required", "help", "metavar", "dest", "version"),
    "deprecated",
)
_OF_PARSERS = (
    *("prog", "usage", "description", "epilog", "parents", "formatter_class", "prefix_chars", "add_help"),
    *("fromfile_prefix_chars", "argument_default", "conflict_handler", "allow_abbrev", "exit_on_error"),
    *("suggest_on_error", "color"),
)
_NAMESPACE = ("_get_args", "_get_kwargs")


def check(code: Code, flight: Flight) -> Iterator[Finding]:
    """Find hyperparameters that the script does not take, and options that it reads but does not have."""
    options = options_of(code)
    if options is None:
        return
    given = script_arguments(flight.hyperparameters)
    yield from _definitions(options)
    for name, text in given.items():
        yield from _hyperparameter(name, text, options)
    yield from _required(given, options)
    if options.is_closed:
        yield from _reads(code, options)


def _definitions(options: Options) -> Iterator[Finding]:
    """Find what argparse would not take."""
    for module, call in options.parsers:
        for keyword in call.keywords:
            if keyword.arg is not None and keyword.arg not in _OF_PARSERS:
                what = f"`ArgumentParser` takes no argument `{keyword.arg}`."
                yield Finding(module.where(call), what, did_you_mean(nearest(keyword.arg, _OF_PARSERS)))
    for option in options.options:
        for keyword in option.node.keywords:
            if keyword.arg not in _KEYWORDS and not any(other.arg == "action" for other in option.node.keywords):
                what = f"`add_argument` takes no argument `{keyword.arg}`."
                near = did_you_mean(nearest(str(keyword.arg), _KEYWORDS))
                yield Finding(option.module.where(option.node), what, near)


def script_arguments(hyperparameters: Mapping[str, str]) -> dict[str, str]:
    """Return hyperparameters as the script gets them: name without dashes -> text (`contract.md` 1.12, 1.13)."""
    return {name: argument_of(decoded(text)) for name, text in hyperparameters.items() if not is_reserved(name)}


def _hyperparameter(name: str, text: str, options: Options) -> Iterator[Finding]:
    where, option = f"hyperparameter `{name}`", options.named(option_of(name))
    if option is None:
        if options.is_closed:
            yield _unknown(name, where, options)
        return
    place = option.module.where(option.node)
    if option.values == 0:
        what = f"the option at {place} takes no value, but a hyperparameter has one (`{text}`)."
        hint = "give the option `type=lambda text: text.lower() == 'true'` in place of its `action`."
        yield Finding(where, what, hint, options.rejects_unknown)
        return
    if isinstance(option.values, int) and option.values > 1:
        what = f"the option at {place} takes {option.values} values, and a hyperparameter is one."
        yield Finding(where, what, "split one text in the script.")
        return
    yield from _value(where, place, text, option)


def _unknown(name: str, where: str, options: Options) -> Finding:
    script = options.parses[0][0].name
    near = nearest(name, options.long_names)
    if name == "model_dir" and near is None:
        hint: str | None = "TensorFlow's estimator adds it: `model_dir=False` leaves it out."
    else:
        hint = did_you_mean(near)
    slip = slip_of(name, options.long_names)
    # A dash for an underscore is in scripts that run: `parse_known_args` passes over the hyperparameter, which is said.
    is_error = options.rejects_unknown or (slip is not None and slip.replace("-", "_") != name.replace("-", "_"))
    known = ", ".join(f"`{other}`" for other in options.long_names[:12]) or "none"
    return Finding(where, f"`{script}` takes no such argument; it takes {known}.", hint, is_error)


def _value(where: str, place: str, text: str, option: Option) -> Iterator[Finding]:
    if option.kind == "bool":
        yield Finding(
            where,
            f"`type=bool` at {place} makes True of every text, `False` too; here of `{text}`.",
            "use `type=lambda text: text.lower() == 'true'`.",
            is_error=False,
        )
        return
    value: Any = text
    if option.kind in _NUMBERS:
        convert, what = _NUMBERS[option.kind]
        try:
            value = convert(text)
        except ValueError:
            yield Finding(where, f"`{text}` is not {what}, which `type={option.kind}` at {place} asks for.")
            return
    if option.choices is not None and option.kind in (None, "str", *_NUMBERS) and value not in option.choices:
        known = ", ".join(f"`{choice}`" for choice in option.choices)
        near = nearest(text, [str(choice) for choice in option.choices])
        yield Finding(where, f"`{text}` is not one of {known} ({place}).", did_you_mean(near))


def _required(given: Mapping[str, str], options: Options) -> Iterator[Finding]:
    if not options.is_closed:
        return
    named = {option.dest for option in (options.named(option_of(name)) for name in given) if option}
    for option in options.options:
        if option.is_required and option.dest not in named:
            name = option.names[-1].lstrip("-")
            is_option = option.names[0].startswith("-")
            hint = f"give the hyperparameter `{name}`." if is_option else "hyperparameters come as `--name value` only."
            yield Finding(option.module.where(option.node), f"the argument `{option.names[-1]}` is required.", hint)


# What the script does with the result -------------------------------------------------------------------------------


def _reads(code: Code, options: Options) -> Iterator[Finding]:
    """Find attributes of the parsed arguments that there are not."""
    dests = {option.dest for option in options.options}
    for module in code.modules:
        names = _namespaces(module, options)
        found = [node for node in module.nodes if isinstance(node, ast.Attribute) and _is_one_of(node.value, names)]
        stored = {node.attr for node in found if not isinstance(node.ctx, ast.Load)}
        if not names or _is_extended(module, names):
            continue
        for node in sorted(found, key=lambda node: node.lineno):
            if isinstance(node.ctx, ast.Load) and node.attr not in dests | stored and node.attr not in _NAMESPACE:
                what = f"the script's arguments have no `{node.attr}`."
                yield Finding(module.where(node), what, did_you_mean(nearest(node.attr, sorted(dests))))


def _namespaces(module: Module, options: Options) -> set[str]:
    """Return the names that hold nothing but what argparse returns."""
    calls = [call for owner, call in options.parses if owner is module]
    names = {name for call in calls for name in _held(call, module)}
    makers = {name for name in (_returning(call, names, module) for call in calls) if name}
    made = [node for node in module.nodes if isinstance(node, ast.Call) and getattr(node.func, "id", None) in makers]
    calls += made
    names |= {name for call in made for name in _held(call, module)}
    for node in module.nodes:  # a name that holds something else elsewhere tells nothing
        if isinstance(node, ast.Assign):
            for target in node.targets:
                inner = target.elts if isinstance(target, ast.Tuple) else [target]
                names -= {name.id for name in inner if isinstance(name, ast.Name) and node.value not in calls}
    return names


def _held(call: ast.Call, module: Module) -> Iterator[str]:
    """Yield the name that the arguments of a call are given to."""
    above = module.parents[call]
    if isinstance(above, ast.Assign) and len(above.targets) == 1:
        target: ast.expr | None = above.targets[0]
        if _is_known_args(call):
            target = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else None
        if isinstance(target, ast.Name):
            yield target.id


def _returning(call: ast.Call, names: set[str], module: Module) -> str | None:
    """Return the function that returns what a call does, and nothing else."""
    function = next((above for above in module.above(call) if isinstance(above, ast.FunctionDef)), None)
    if function is None:
        return None
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    is_given = [(value is call and not _is_known_args(call)) or _is_one_of(value, names) for value in returned if value]
    return function.name if is_given and all(is_given) and len(is_given) == len(returned) else None


def _is_known_args(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "parse_known_args"


def _is_one_of(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _is_extended(module: Module, names: set[str]) -> bool:
    """Tell whether attributes may be added to a name by other ways than assignment."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and node.args and _is_one_of(node.args[0], names):
            function = getattr(node.func, "id", None)
            if function == "setattr" or (function == "vars" and isinstance(module.parents[node], ast.Attribute)):
                return True
        if isinstance(node, ast.Attribute) and node.attr == "__dict__" and _is_one_of(node.value, names):
            return True
    return False
