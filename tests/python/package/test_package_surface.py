"""What the package shows: words, examples and types for everything that is public."""

import ast
import doctest
import importlib
import inspect
import pathlib
import pkgutil

import alsace
import pytest
from alsace import _engine

MODULES = ["alsace"] + [
    module.name for module in pkgutil.walk_packages(alsace.__path__, "alsace.") if "_engine" not in module.name
]
STUB = pathlib.Path(alsace.__file__).with_name("_engine.pyi")


@pytest.mark.parametrize("name", [*MODULES, "alsace._engine"])
def test_examples_of_the_docstrings(name):
    module = importlib.import_module(name)

    done = doctest.testmod(module)

    assert done.failed == 0
    # Functions of the engine are of a type that testmod does not know.
    for member in (getattr(module, public) for public in getattr(module, "__all__", [])):
        if type(member).__name__ == "nb_func":
            doctest.run_docstring_examples(member, {}, name=member.__name__)


def public_members():
    """Everything that a user can name: functions, classes, and the methods and properties of these."""
    for name in alsace.__all__:
        member = getattr(alsace, name)
        if not callable(member):
            continue
        yield name, member
        if inspect.isclass(member) and not issubclass(member, (Exception, tuple)):
            for below in dir(member):
                if not below.startswith("_") and below not in ("read", "from_columns", "from_arrow", "from_csr"):
                    yield f"{name}.{below}", inspect.getattr_static(member, below)


@pytest.mark.parametrize("name, member", [pytest.param(*pair, id=pair[0]) for pair in public_members()])
def test_everything_public_is_explained(name, member):
    words = inspect.getdoc(member)

    assert words, f"{name} has no docstring"
    if not inspect.isfunction(member):
        return
    assert ">>> " in words, f"{name} has no example"
    parameters = [p for p in inspect.signature(member).parameters if p != "self"]
    assert not parameters or "Parameters\n" in words
    for parameter in parameters:
        assert parameter in words, f"{name} does not say what {parameter} is"


def names_of_the_stub():
    """Full names of the stub's functions and properties, with their numbers of arguments."""
    found = {}
    for node in ast.parse(STUB.read_text()).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for member in members:
            if isinstance(member, ast.FunctionDef):
                arguments = len(member.args.posonlyargs) + len(member.args.args)
                found.setdefault(prefix + member.name, set()).add(arguments)
    return found


def names_of_the_engine():
    found = {}

    def look(owner, prefix):
        for name, member in vars(owner).items():
            if inspect.isclass(member):
                look(member, f"{name}.")
            elif isinstance(member, property):
                found[prefix + name] = {1}
            elif signatures := getattr(member, "__nb_signature__", None):
                found[prefix + name] = {arity(signature[0]) for signature in signatures}

    look(_engine, "")
    return found


def arity(signature):
    """Arguments of a signature as nanobind writes it; its types of arrays are not Python's."""
    inside, depth, commas = signature[signature.index("(") + 1 : signature.rindex(")")], 0, 0
    for letter in inside:
        depth += (letter in "([") - (letter in ")]")
        commas += letter == "," and depth == 0
    return commas + bool(inside) - ("/" in inside)


def without_constructors(names):
    """nanobind gives a class without one a constructor that refuses, too."""
    return {name: arities for name, arities in names.items() if not name.endswith("__init__")}


def test_the_stub_is_of_this_engine():
    assert without_constructors(names_of_the_stub()) == without_constructors(names_of_the_engine())


def test_types_are_installed():
    assert STUB.exists()
    assert STUB.with_name("py.typed").exists()
