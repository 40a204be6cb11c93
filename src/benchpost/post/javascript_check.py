"""Whether a piece of text is JavaScript, as MDX has acorn judge it: expressions and ESM.

Only syntax is judged, and of the early errors those that authors meet: a name imported twice, an
export of what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from benchpost.post.javascript_expressions import RESERVED, Expressions, Shape
from benchpost.post.javascript_tokens import END, JavaScriptError, Tokens


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where text stops being JavaScript."""

    message: str
    """What stands there."""
    at: int
    """Position in the text given."""


@dataclass(frozen=True, slots=True)
class Module:
    """What a block of `import` and `export` says."""

    imported: tuple[str, ...] = ()
    """Names that it imports."""
    declared: tuple[str, ...] = ()
    """Names that it exports by declaring them."""
    layout: int = -1
    """Where its default export is, which is the page's layout; -1 without one."""
    mistake: Mistake | None = None
    """Why it does not parse."""


@lru_cache(maxsize=1024)
def expression_end(text: str, start: int) -> int | Mistake:
    """Where the expression ends whose `{` is at `start`: the offset of its `}`.

    An expression may be empty but for comments. What follows it in `text` is not read.
    """
    return _read(text, start + 1, lambda reader: None if reader.at("}") else reader.expression())


@lru_cache(maxsize=1024)
def value_end(text: str, start: int) -> int | Mistake:
    """The same for the value of an attribute, which may not be empty."""
    return _read(text, start + 1, Program.expression)


def spread_end(text: str, start: int) -> int | Mistake:
    """The same for `{...props}` in a tag."""
    return _read(text, start + 1, Program.spread)


def _read(text: str, at: int, read: Callable[[Program], object]) -> int | Mistake:
    try:
        reader = Program(text, at)
        read(reader)
        if not reader.at("}"):
            raise reader.unexpected("`}`")
    except JavaScriptError as error:
        return Mistake(error.message, error.at)
    except RecursionError:
        return Mistake("nested too deep to be read", at)
    return reader.start


@lru_cache(maxsize=256)
def read_esm(text: str, imported: tuple[str, ...] = ()) -> Module:
    """What a block of `import` and `export` says, after blocks that imported `imported`."""
    try:
        reader = Program(text)
        reader.names.update(dict.fromkeys(imported, "var"))
        reader.module()
    except JavaScriptError as error:
        return Module(mistake=Mistake(error.message, error.at))
    except RecursionError:
        return Module(mistake=Mistake("nested too deep to be read", 0))
    names = {name: how for name, how in reader.names.items() if name not in imported}
    return Module(
        tuple(name for name, how in names.items() if how == "import"),
        tuple(name for name, how in names.items() if how != "import"),
        reader.layout,
    )


class Program(Expressions):
    """Statements, and modules that hold nothing but `import` and `export`."""

    def __init__(self, source: str, at: int = 0) -> None:
        self.names: dict[str, str] = {}
        """Names declared at the top: `import`, `var` or `let`."""
        self.declared: list[str] = []
        """The same in written order, as often as they are declared."""
        self.layout = -1
        """Where the page's layout is exported."""
        self.exports: set[str] = set()
        super().__init__(source, at)

    def spread(self) -> None:
        """The one spread that a tag's braces may hold."""
        self.expect("...")
        self.value()
        self.eat(",")

    # modules

    def module(self) -> None:
        """Imports and exports to the end of the text."""
        wanted: list[tuple[str, int]] = []
        while self.kind != END:
            if self.at("import"):
                self.import_declaration()
            elif self.at("export"):
                wanted.extend(self.export_declaration())
            else:
                message = f"`{self.text[:20]}` is neither import nor export"
                raise JavaScriptError(message, self.start)
        for name, at in wanted:
            if name not in self.names:
                raise JavaScriptError(f"export `{name}` is not defined", at)

    def declare(self, name: str, how: str, at: int) -> None:
        """Note a name of the module's top, which only `var` and `function` may declare twice."""
        known = self.names.get(name)
        if known and not (known == how == "var"):
            raise JavaScriptError(f"`{name}` has already been declared", at)
        self.names[name] = how
        self.declared.append(name)

    def import_declaration(self) -> None:
        self.advance()
        if self.kind == "string":
            self.string()
            self.semicolon()
            return
        if self.kind == "name":
            self.declare_local("import")
            if not self.eat(","):
                self.source_name()
                return
        if self.at("*"):
            self.advance()
            self.expect("as")
            self.declare_local("import")
        else:
            self.import_names()
        self.source_name()

    def declare_local(self, how: str) -> None:
        name, at = self.text, self.start
        self.binding_name()
        self.declare(name, how, at)

    def source_name(self) -> None:
        """`from "somewhere"`"""
        self.expect("from")
        if self.kind != "string":
            raise self.unexpected("the name of a module in quotes")
        self.string()
        self.semicolon()

    def import_names(self) -> None:
        self.expect("{")
        while not self.at("}"):
            name, at, named = self.text, self.start, self.kind == "name"
            self.module_name()
            if self.eat("as"):
                self.declare_local("import")
            elif named and name not in RESERVED and name not in ("eval", "arguments"):
                self.declare(name, "import", at)
            else:
                raise self.unexpected("`as`")
            if not self.at("}"):
                self.expect(",")
        self.advance()

    def module_name(self) -> None:
        """A name of another module's, which may be any word or a string."""
        if self.kind == "string":
            self.string()
        elif self.kind == "name":
            self.advance()
        else:
            raise self.unexpected("a name")

    def export_declaration(self) -> list[tuple[str, int]]:
        """Read an export; the local names that it needs, with their places."""
        self.advance()
        if self.eat("*"):
            if self.eat("as"):
                self.export_name(self.text, self.start)
                self.module_name()
            self.source_name()
        elif self.at("default"):
            self.export_name("default", self.start)
            self.layout = self.start
            self.advance()
            self.default_export()
        elif self.at("{"):
            return self.export_names()
        else:
            self.exported_declaration()
        return []

    def export_name(self, name: str, at: int) -> None:
        if name in self.exports:
            raise JavaScriptError(f"`{name}` is exported twice", at)
        self.exports.add(name)

    def export_names(self) -> list[tuple[str, int]]:
        wanted: list[tuple[str, int]] = []
        not_local, defaults = -1, list[int]()
        self.advance()
        while not self.at("}"):
            name, at = self.text, self.start
            if name in RESERVED or self.kind == "string":
                not_local = at
            self.module_name()
            wanted.append((name, at))
            if self.eat("as"):
                name = self.text
                self.module_name()
            self.export_name(name, at)
            if name == "default":
                defaults.append(at)
            if not self.at("}"):
                self.expect(",")
        self.advance()
        if self.at("from"):
            self.source_name()
            self.layout = defaults[0] if defaults else self.layout
            return []
        self.semicolon()
        if not_local >= 0:
            raise JavaScriptError("only names of this file can be exported", not_local)
        return wanted

    def default_export(self) -> None:
        following = Tokens(self.source, self.end)
        asynchronous = self.at("async") and following.at("function") and not following.fresh_line
        if self.at("function") or asynchronous:
            self.declared_function(needs_name=False)
        elif self.at("class"):
            self.declared_class(needs_name=False)
        else:
            self.value()
            self.semicolon()

    def exported_declaration(self) -> None:
        before = len(self.declared)
        if self.at("var", "let", "const"):
            self.variables(top=True)
        elif self.at("function", "async"):
            self.declared_function(top=True)
        elif self.at("class"):
            self.declared_class(top=True)
        else:
            raise self.unexpected("a declaration, `default`, `{` or `*`")
        for name in self.declared[before:]:
            self.export_name(name, self.start)

    # statements

    def body(self) -> None:
        self.expect("{")
        while not self.at("}"):
            self.statement()
        self.advance()

    def statement(self) -> None:
        handler = STATEMENTS.get(self.text) if self.kind in ("name", "punctuator") else None
        if handler and not self.is_expression():
            handler(self)
            return
        start, named = self.start, self.kind == "name"
        shape = self.expression()
        if named and shape.kind == "name" and self.at(":") and self.last_end >= start:
            self.advance()
            self.substatement()
            return
        self.semicolon()

    def substatement(self) -> None:
        """A statement that belongs to another, which no declaration can be."""
        if self.at("let", "const", "class", "function"):
            raise self.unexpected("a statement")
        self.statement()

    def is_expression(self) -> bool:
        """`async` without `function`, `import(…)` and `import.meta` begin expressions."""
        if not self.at("async", "import"):
            return False
        following = Tokens(self.source, self.end)
        if self.at("import"):
            return following.at("(", ".")
        return not following.at("function") or following.fresh_line

    def refuse(self) -> None:
        """A word that no statement begins with here."""
        raise self.unexpected()

    def empty(self) -> None:
        self.advance()

    def declared_function(self, needs_name: bool = True, top: bool = False) -> None:
        asynchronous = self.eat("async")
        self.expect("function")
        generator = self.eat("*")
        if self.kind == "name":
            name, at = self.text, self.start
            self.binding_name()
            if top or not needs_name:
                self.declare(name, "let", at)
        elif needs_name:
            raise self.unexpected("a name")
        self.method(asynchronous, generator)

    def declared_class(self, needs_name: bool = True, top: bool = False) -> None:
        following = Tokens(self.source, self.end)
        if following.at("{", "extends"):
            if needs_name:
                raise following.unexpected("a name")
        elif top or not needs_name:
            self.declare(following.text, "let", following.start)
        self.class_()

    def variables(self, top: bool = False, in_for: bool = False) -> None:
        """`var`, `let` or `const` and what it declares."""
        how = self.text
        self.advance()
        while True:
            start, patterned = self.start, self.at("[", "{")
            for name in self.binding():
                if top:
                    self.declare(name, "var" if how == "var" else "let", start)
            if self.eat("="):
                self.value()
            elif (patterned or how == "const") and not (in_for and self.at("of", "in")):
                raise self.unexpected("`=`")
            if not self.eat(","):
                break
        if not in_for:
            self.semicolon()

    def return_(self) -> None:
        if not self.context.function:
            raise self.unexpected()
        self.advance()
        if not (self.at(";", "}") or self.kind == END or self.fresh_line):
            self.expression()
        self.semicolon()

    def throw(self) -> None:
        self.advance()
        if self.fresh_line:
            raise self.unexpected()
        self.expression()
        self.semicolon()

    def if_(self) -> None:
        self.advance()
        self.condition()
        self.substatement()
        if self.eat("else"):
            self.substatement()

    def condition(self) -> None:
        self.expect("(")
        self.expression()
        self.expect(")")

    def looped(self) -> None:
        """The statement of a loop."""
        before, self.context = self.context, replace(self.context, loop=True)
        self.substatement()
        self.context = before

    def while_(self) -> None:
        self.advance()
        self.condition()
        self.looped()

    def do(self) -> None:
        self.advance()
        self.looped()
        self.expect("while")
        self.condition()
        self.eat(";")

    def for_(self) -> None:
        self.advance()
        awaits = self.at("await") and self.context.asynchronous and self.eat("await")
        self.expect("(")
        self.with_in = False
        start = self.start
        if self.at("var", "let", "const"):
            self.variables(in_for=True)
            shape = None
        else:
            shape = None if self.at(";") else self.assignment()
        self.with_in = True
        if self.at("of", "in") and self.start > start:
            self.for_each(shape)
        else:
            if awaits:
                raise self.unexpected("`of`")
            self.for_counted(shape)
        self.expect(")")
        self.looped()

    def for_each(self, shape: Shape | None) -> None:
        if shape:
            self.assignable(shape)
        values = self.at("of")
        self.advance()
        if values:
            self.value()
        else:
            self.expression()

    def for_counted(self, shape: Shape | None) -> None:
        if shape:
            self.checked(shape)
        while self.eat(","):
            self.value()
        self.expect(";")
        if not self.at(";"):
            self.expression()
        self.expect(";")
        if not self.at(")"):
            self.expression()

    def jump(self) -> None:
        """`break` or `continue`, perhaps with a label."""
        context = self.context
        allowed = context.loop or (context.switch and self.at("break"))
        self.advance()
        if self.kind == "name" and not self.fresh_line:
            self.name()
        elif not allowed:
            raise self.unexpected()
        self.semicolon()

    def try_(self) -> None:
        self.advance()
        self.body()
        handled = self.eat("catch")
        if handled:
            if self.eat("("):
                self.binding()
                self.expect(")")
            self.body()
        if self.eat("finally"):
            self.body()
        elif not handled:
            raise self.unexpected("`catch`")

    def switch(self) -> None:
        self.advance()
        self.condition()
        self.expect("{")
        before, self.context = self.context, replace(self.context, switch=True)
        while not self.at("}"):
            if self.eat("case"):
                self.expression()
            else:
                self.expect("default")
            self.expect(":")
            while not self.at("case", "default", "}"):
                self.statement()
        self.context = before
        self.advance()

    def debugger(self) -> None:
        self.advance()
        self.semicolon()


STATEMENTS: dict[str, Callable[[Program], None]] = {
    "{": Program.body,
    ";": Program.empty,
    "var": Program.variables,
    "let": Program.variables,
    "const": Program.variables,
    "function": Program.declared_function,
    "async": Program.declared_function,
    "class": Program.declared_class,
    "return": Program.return_,
    "throw": Program.throw,
    "if": Program.if_,
    "while": Program.while_,
    "do": Program.do,
    "for": Program.for_,
    "break": Program.jump,
    "continue": Program.jump,
    "try": Program.try_,
    "switch": Program.switch,
    "debugger": Program.debugger,
    "import": Program.refuse,
    "export": Program.refuse,
}
