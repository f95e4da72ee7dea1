"""Whether code surely runs: what stands in a `try`, a condition or a function may never do harm."""

from __future__ import annotations

import ast

from sagewright.preflight.code.reading import Module

_MAIN = ("__name__", "TYPE_CHECKING")


def is_caught(node: ast.AST, module: Module, *errors: str) -> bool:
    """Tell whether an error of a node is caught by a `try` around it, or suppressed."""
    below = node
    for above in module.above(node):
        if isinstance(above, ast.Try) and below in above.body and any(_catches(h, errors) for h in above.handlers):
            return True
        if isinstance(above, ast.With) and "suppress" in ast.dump(above.items[0].context_expr):
            return True
        below = above
    return False


def _catches(handler: ast.ExceptHandler, errors: tuple[str, ...]) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in (*errors, "Exception", "BaseException") for kind in kinds)


def is_sure(node: ast.AST, module: Module) -> bool:
    """Tell whether a node runs whenever its module is imported or started: in no function and under no condition."""
    for above in module.above(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ExceptHandler)):
            return False
        if isinstance(above, ast.If) and not is_main(above):
            return False
    return True


def is_main(node: ast.If) -> bool:
    """Tell whether it is `if __name__ == "__main__":`."""
    names = [name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)]
    return names == ["__name__"]
