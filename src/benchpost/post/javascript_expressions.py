"""The grammar of JavaScript expressions, JSX included: what it reads to the end is an expression.

A reader, not a compiler: no tree is built. Of every expression it is only remembered whether it
may be assigned to or be a parameter, since JavaScript tells patterns from literals afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from benchpost.post.javascript_jsx import Elements
from benchpost.post.javascript_tokens import END, TEMPLATE, JavaScriptError, Tokens

_RESERVED = (
    "await break case catch class const continue debugger default delete do else enum export "
    "extends false finally for function if implements import in instanceof interface let new null "
    "package private protected public return static super switch this throw true try typeof var "
    "void while with yield"
)
RESERVED = frozenset(_RESERVED.split())
LITERALS = ("this", "null", "true", "false")
PREFIXES = ("!", "~", "+", "-", "typeof", "void", "delete")
BINARY = {
    "??": 1,
    "||": 1,
    "&&": 2,
    "|": 3,
    "^": 4,
    "&": 5,
    "==": 6,
    "!=": 6,
    "===": 6,
    "!==": 6,
    "<": 7,
    ">": 7,
    "<=": 7,
    ">=": 7,
    "in": 7,
    "instanceof": 7,
    "<<": 8,
    ">>": 8,
    ">>>": 8,
    "+": 9,
    "-": 9,
    "*": 10,
    "/": 10,
    "%": 10,
    "**": 11,
}
# `**` binds to the right; what is right of `??` may hold no logical operator
RIGHT = {"**": BINARY["**"] - 1, "??": BINARY["&&"]}
_ASSIGNMENTS = "+= -= *= /= %= **= <<= >>= >>>= &= |= ^= &&= ||= ??="
ASSIGNMENTS = frozenset(_ASSIGNMENTS.split())


@dataclass(frozen=True, slots=True)
class Shape:
    """What is remembered of an expression. Offsets are -1 where all is well."""

    kind: str = "other"
    """`name`, `member`, `pattern` (a literal that may be one), `assignment`, `arrow` or `other`."""
    no_target: int = -1
    """Where it cannot be assigned to."""
    no_binding: int = -1
    """Where it cannot be a parameter."""
    no_value: int = -1
    """Where it cannot be a value: `{a = 1}` must be a pattern."""
    names: tuple[str, ...] = ()
    """Names that it declares as a parameter."""
    grouped: bool = False
    """It stands in parentheses."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the function around allows."""

    asynchronous: bool = True
    """`await` is an operator; so it is at the top of a module."""
    generator: bool = False
    """`yield` is an operator."""
    function: bool = False
    """`return` has something to return from."""
    loop: bool = False
    """`continue` has something to continue."""
    switch: bool = False
    """`break` has something to leave, beside a loop."""
    method: bool = False
    """`super` is known."""
    private: bool = False
    """Private names are known: a class is around."""


class Expressions(Elements):
    """Reads expressions; `body` comes with the statements."""

    def __init__(self, source: str, at: int = 0) -> None:
        self.context = Context()
        self.arrow_at = -1
        self.with_in = True
        super().__init__(source, at)

    def body(self) -> None:
        """The `{ … }` of a function."""
        raise NotImplementedError

    # operators, from the loosest to the tightest

    def expression(self) -> Shape:
        """One expression or several with commas between; it is a value."""
        shape = self.value()
        while self.eat(","):
            self.value()
            shape = self.plain(self.last_end)
        return shape

    def value(self) -> Shape:
        """An assignment expression that is a value."""
        return self.checked(self.assignment())

    def checked(self, shape: Shape) -> Shape:
        """The shape, refused where it is a pattern but stands for a value."""
        if shape.no_value >= 0:
            raise JavaScriptError("unexpected `=` in an object; write `:`", shape.no_value)
        return shape

    def plain(self, at: int) -> Shape:
        """The shape of what is a value and nothing else."""
        return Shape("other", at, at)

    def assignment(self) -> Shape:
        """A conditional, an arrow function or an assignment."""
        if self.at("yield") and self.context.generator:
            return self.yielded()
        start = self.arrow_at = self.start
        left = self.conditional()
        if left.kind == "arrow":
            return left
        if self.at("="):
            self.assignable(left)
            self.advance()
            self.value()
            return Shape("assignment", -1, left.no_binding, names=left.names)
        if self.kind == "punctuator" and self.text in ASSIGNMENTS:
            self.simple(left, start)
            self.advance()
            self.value()
            return self.plain(start)
        return left

    def assignable(self, left: Shape) -> None:
        if left.no_target >= 0 or left.kind == "assignment":
            raise JavaScriptError("cannot be assigned to", max(left.no_target, 0) or self.start)

    def simple(self, shape: Shape, at: int) -> None:
        if shape.kind not in ("name", "member") or shape.no_target >= 0:
            raise JavaScriptError("cannot be assigned to", at)

    def yielded(self) -> Shape:
        start = self.start
        self.advance()
        ends = self.at(")", "]", "}", ",", ";", ":") or self.kind == END or self.fresh_line
        if not ends:
            self.eat("*")
            self.value()
        return self.plain(start)

    def conditional(self) -> Shape:
        start = self.start
        shape = self.binary(0)
        if shape.kind == "arrow" or not self.at("?"):
            return shape
        self.checked(shape)
        self.advance()
        with_in, self.with_in = self.with_in, True
        self.value()
        self.with_in = with_in
        self.expect(":")
        self.value()
        return self.plain(start)

    def binary(self, least: int) -> Shape:
        """Operands with operators that bind tighter than `least`."""
        start = self.start
        shape = self.operand()
        mixed = ""
        while (level := self.level()) > least and shape.kind != "arrow":
            self.checked(shape)
            operator = self.text
            mixed = self.unmixed(mixed, operator)
            self.advance()
            right = self.checked(self.binary(RIGHT.get(operator, level)))
            if right.kind == "arrow":
                raise self.unexpected()
            shape = self.plain(start)
        return shape

    def level(self) -> int:
        """How tightly the operator at the reading head binds; 0 where there is none."""
        if self.kind not in ("punctuator", "name") or (self.at("in") and not self.with_in):
            return 0
        return BINARY.get(self.text, 0)

    def unmixed(self, before: str, operator: str) -> str:
        """`a ?? b || c` needs parentheses."""
        if {before, operator} in ({"??", "||"}, {"??", "&&"}):
            message = "`??` beside `||` or `&&` needs parentheses"
            raise JavaScriptError(message, self.start)
        return operator if operator in ("??", "||", "&&") else before

    def operand(self) -> Shape:
        start = self.start
        if self.kind == "private" and self.context.private:
            self.advance()
            if not self.at("in"):
                raise self.unexpected("`in`")
            return self.plain(start)
        if self.at(*PREFIXES) or (self.at("await") and self.context.asynchronous):
            return self.prefixed(start)
        if self.at("++", "--"):
            self.advance()
            at = self.start
            self.simple(self.checked(self.operand()), at)
            return self.plain(start)
        shape = self.chain()
        if self.at("++", "--") and not self.fresh_line:
            self.simple(shape, start)
            self.advance()
            return self.plain(start)
        return shape

    def prefixed(self, start: int) -> Shape:
        operator = self.text
        self.advance()
        if operator == "await" and self.at("<"):
            raise self.unexpected()  # acorn-jsx reads it as an operator after a name
        shape = self.checked(self.operand())
        if operator == "delete" and shape.kind == "name":
            raise JavaScriptError("`delete` of a name is not allowed in a module", start)
        if shape.kind == "arrow" or self.at("**"):
            raise self.unexpected()
        return self.plain(start)

    # chains: `a.b[c](d)`

    def chain(self) -> Shape:
        start = self.start
        is_async = self.at("async")
        shape = self.atom()
        optional = False
        while shape.kind != "arrow":
            calls = self.at("(")
            if optional and self.at("`"):
                raise self.unexpected()
            following = self.link(start, is_async and self.last_end == start + len("async"))
            if following is None:
                return shape
            self.checked(shape) if not calls else None
            optional = optional or following.kind == "optional"
            shape = self.plain(start) if optional else following
        return shape

    def link(self, start: int, may_be_arrow: bool) -> Shape | None:
        """One more `.name`, `[key]`, `(arguments)` or template after an expression."""
        if self.at("."):
            self.advance()
            self.member_name()
            return Shape("member", -1, start)
        if self.at("["):
            self.bracketed()
            return Shape("member", -1, start)
        if self.at("("):
            return self.call(start, may_be_arrow and not self.fresh_line)
        if self.at("`"):
            self.template(tagged=True)
            return self.plain(start)
        return self.optional_link() if self.at("?.") else None

    def optional_link(self) -> Shape:
        self.advance()
        if self.at("("):
            self.arguments()
        elif self.at("["):
            self.bracketed()
        elif self.at("`"):
            raise self.unexpected()
        else:
            self.member_name()
        return Shape("optional")

    def member_name(self) -> None:
        if self.kind != "name" and not (self.kind == "private" and self.context.private):
            raise self.unexpected("a name")
        self.advance()

    def bracketed(self) -> None:
        self.advance()
        with self.allowing_in():
            self.expression()
        self.expect("]")

    @contextmanager
    def allowing_in(self) -> Iterator[None]:
        before, self.with_in = self.with_in, True
        yield
        self.with_in = before

    def call(self, start: int, may_be_arrow: bool) -> Shape:
        """Arguments, or the parameters of an `async` arrow function."""
        shapes = self.arguments(patterns=may_be_arrow)
        if may_be_arrow and self.at("=>") and not self.fresh_line:
            self.bindable(shapes)
            return self.arrow(asynchronous=True)
        for shape in shapes:
            self.checked(shape)
        return self.plain(start)

    def arguments(self, patterns: bool = False) -> list[Shape]:
        shapes: list[Shape] = []
        self.advance()
        with self.allowing_in():
            while not self.at(")"):
                self.eat("...")
                shapes.append(self.assignment() if patterns else self.value())
                if not self.at(")"):
                    self.expect(",")
        self.advance()
        return shapes

    def bindable(self, shapes: list[Shape]) -> None:
        for shape in shapes:
            if shape.no_binding >= 0:
                raise JavaScriptError("cannot be a parameter", shape.no_binding)
        self.distinct([name for shape in shapes for name in shape.names])

    def distinct(self, names: list[str]) -> None:
        if len(set(names)) < len(names):
            raise JavaScriptError("two parameters have one name", self.start)

    def arrow(self, asynchronous: bool = False) -> Shape:
        """From `=>` on."""
        start = self.start
        self.expect("=>")
        outer = self.context
        inner = Context(asynchronous, function=True, method=outer.method, private=outer.private)
        self.within(inner, self.body if self.at("{") else self.checked_value)
        return Shape("arrow", start, start)

    def checked_value(self) -> None:
        self.value()

    def within(self, context: Context, read: Callable[[], None]) -> None:
        """Read with another function's permissions."""
        before, self.context = self.context, context
        arrow_at, self.arrow_at = self.arrow_at, -1
        read()
        self.context, self.arrow_at = before, arrow_at

    # atoms

    def atom(self) -> Shape:
        start = self.start
        if self.kind == "name":
            return self.word(start)
        if self.kind == "string":
            self.string()
        elif self.kind == "number":
            self.advance()
        elif self.kind == "punctuator" and self.text in ATOMS:
            return ATOMS[self.text](self, start)
        else:
            raise self.unexpected()
        return self.plain(start)

    def word(self, start: int) -> Shape:
        word = self.text
        if word in WORDS:
            WORDS[word](self)
            return self.plain(start)
        if word in LITERALS:
            self.advance()
            return self.plain(start)
        return self.identifier(start, word)

    def identifier(self, start: int, word: str) -> Shape:
        may_be_arrow = self.arrow_at == start
        self.name()
        if word == "async" and not self.fresh_line:
            if self.at("function"):
                self.function(asynchronous=True)
                return self.plain(start)
            if self.kind == "name" and may_be_arrow and self.text not in BINARY:
                self.binding_name()
                return self.arrow(asynchronous=True)
        if may_be_arrow and self.at("=>") and not self.fresh_line:
            return self.arrow()
        strict = start if word in ("eval", "arguments") else -1
        return Shape("name", strict, strict, names=(word,))

    def name(self) -> None:
        """A name that is not reserved."""
        if self.kind != "name" or self.text in RESERVED:
            raise self.unexpected("a name")
        self.advance()

    def binding_name(self) -> None:
        if self.at("eval", "arguments"):
            raise self.unexpected("a name")
        self.name()

    def regex(self, start: int) -> Shape:
        self.regular_expression()
        return self.plain(start)

    def jsx(self, start: int) -> Shape:
        self.element()
        return self.plain(start)

    def literal_template(self, start: int) -> Shape:
        self.template(tagged=False)
        return self.plain(start)

    def template(self, tagged: bool) -> None:
        """From one backtick past the other."""
        at = self.end
        while True:
            piece = TEMPLATE.match(self.source, at)
            at = piece.end() if piece else at
            if piece and not tagged:
                self.check_escapes(piece[0], piece.start())
            if self.source[at : at + 1] == "`":
                self.go_to(at + 1)
                return
            if not self.source.startswith("${", at):
                raise JavaScriptError("template is not closed", len(self.source))
            at = self.hole(at + 2)

    def hole(self, at: int) -> int:
        """The expression of `${…}`, read from `at`; the offset after its brace."""
        self.go_to(at)
        with self.allowing_in():
            self.expression()
        if not self.at("}"):
            raise self.unexpected("`}`")
        return self.end

    def group(self, start: int) -> Shape:
        """Parentheses: around an expression, or an arrow function's parameters."""
        may_be_arrow = self.arrow_at == start
        self.advance()
        shapes, only_parameters = self.grouped()
        if may_be_arrow and self.at("=>") and not self.fresh_line:
            self.bindable(shapes)
            return self.arrow()
        if only_parameters >= 0:
            raise JavaScriptError("unexpected in parentheses", only_parameters)
        for shape in shapes:
            self.checked(shape)
        only = shapes[0]
        if len(shapes) == 1 and only.grouped:
            # acorn reads `((a))`; what MDX 3.1 makes of its tree fails in its own printer
            raise JavaScriptError("doubled parentheses; write one pair", start)
        if len(shapes) == 1 and only.kind in ("name", "member"):
            return replace(only, no_binding=start, grouped=True)
        return replace(self.plain(start), grouped=True)

    def grouped(self) -> tuple[list[Shape], int]:
        """What stands in parentheses, and where it can only be parameters (-1: nowhere)."""
        shapes: list[Shape] = []
        only_parameters = -1
        with self.allowing_in():
            while not self.at(")"):
                if self.at("..."):
                    only_parameters = self.start
                    self.advance()
                    self.binding()
                    break
                shapes.append(self.assignment())
                if self.at(")"):
                    break
                comma = self.start
                self.expect(",")
                only_parameters = comma if self.at(")") else only_parameters
        at = self.start
        self.expect(")")
        return shapes, only_parameters if shapes or only_parameters >= 0 else at

    def array(self, start: int) -> Shape:
        shapes: list[Shape] = []
        self.advance()
        with self.allowing_in():
            while not self.at("]"):
                if self.eat(","):
                    continue
                shapes.append(self.item("]"))
                if not self.at("]"):
                    self.expect(",")
        self.advance()
        return self.pattern(shapes)

    def item(self, last: str) -> Shape:
        """An item of a list literal; a spread that is not last cannot be a pattern's rest."""
        start = self.start
        if not self.eat("..."):
            return self.assignment()
        shape = self.assignment()
        if shape.kind == "assignment" or not self.at(last):
            return replace(shape, no_target=start, no_binding=start)
        return shape

    def pattern(self, shapes: list[Shape]) -> Shape:
        """The shape of a literal of these parts: as good a pattern as its worst part."""
        return Shape(
            "pattern",
            next((shape.no_target for shape in shapes if shape.no_target >= 0), -1),
            next((shape.no_binding for shape in shapes if shape.no_binding >= 0), -1),
            next((shape.no_value for shape in shapes if shape.no_value >= 0), -1),
            tuple(name for shape in shapes for name in shape.names),
        )

    def object(self, start: int) -> Shape:
        shapes: list[Shape] = []
        self.advance()
        with self.allowing_in():
            while not self.at("}"):
                shapes.append(self.item("}") if self.at("...") else self.property())
                if not self.at("}"):
                    self.expect(",")
        self.advance()
        return self.pattern(shapes)

    def property(self) -> Shape:
        start = self.start
        modifiers = self.modifiers()
        word = self.text if self.kind == "name" else ""
        self.key()
        if self.at("("):
            self.method("async" in modifiers, "*" in modifiers, own=True)
            return self.plain(start)
        if modifiers:
            raise self.unexpected("`(`")
        if self.eat(":"):
            return self.assignment()
        return self.shorthand(start, word)

    def shorthand(self, start: int, word: str) -> Shape:
        """`{a}`, or `{a = 1}` in what turns out to be a pattern."""
        if not word or word in RESERVED:
            raise self.unexpected("`:`")
        strict = start if word in ("eval", "arguments") else -1
        if self.at("="):
            at = self.start
            self.advance()
            self.value()
            return Shape("assignment", strict, strict, at, (word,))
        return Shape("name", strict, strict, names=(word,))

    def modifiers(self) -> set[str]:
        """`get`, `set`, `async`, `*` before a method's name; none where they are the name."""
        found: set[str] = set()
        if self.at("get", "set", "async"):
            word = self.text
            following = Tokens(self.source, self.end)
            ends = following.at("(", ",", ":", "=", "}", ";") or following.kind == END
            if not ends and not (following.fresh_line and word == "async"):
                found.add(word)
                self.advance()
        if self.at("*") and not found & {"get", "set"}:
            found.add("*")
            self.advance()
        return found

    def key(self) -> None:
        """A property's name: a word, string, number, or an expression in brackets."""
        if self.at("["):
            self.advance()
            with self.allowing_in():
                self.value()
            self.expect("]")
        elif self.kind == "string":
            self.string()
        elif self.kind in ("name", "number"):
            self.advance()
        else:
            raise self.unexpected("a property name")

    def method(self, asynchronous: bool, generator: bool, own: bool = False) -> None:
        """Parameters and body of a function, or of an object's own method."""
        private = self.context.private
        context = Context(asynchronous, generator, function=True, method=own, private=private)
        self.within(context, self.parameters_and_body)

    def parameters_and_body(self) -> None:
        self.parameters()
        self.body()

    def parameters(self) -> None:
        self.expect("(")
        names: list[str] = []
        while not self.at(")"):
            rest = self.eat("...")
            names.extend(self.binding())
            if not rest and self.eat("="):
                self.value()
            if rest and not self.at(")"):
                raise self.unexpected("`)`")
            if not self.at(")"):
                self.expect(",")
        self.advance()
        self.distinct(names)

    def binding(self) -> tuple[str, ...]:
        """A name or a pattern of names; the names."""
        if self.at("[", "{"):
            shape = self.atom()
            self.bindable([shape])
            return shape.names
        name = self.text
        self.binding_name()
        return (name,)

    # words that begin an atom

    def function(self, asynchronous: bool = False) -> None:
        self.expect("function")
        generator = self.eat("*")
        if not self.at("("):
            self.binding_name()
        self.method(asynchronous, generator)

    def class_(self) -> None:
        self.expect("class")
        if not self.at("extends", "{"):
            self.binding_name()
        if self.eat("extends"):
            self.checked(self.chain())
        self.expect("{")
        self.within(replace(self.context, private=True), self.class_elements)
        self.advance()

    def class_elements(self) -> None:
        while not self.at("}"):
            if not self.eat(";"):
                self.class_element()

    def class_element(self) -> None:
        following = Tokens(self.source, self.end)
        if self.at("static") and not following.at("(", "=", ";", "}"):
            self.advance()
            if self.at("{"):
                self.within(Context(False, method=True, private=True), self.body)
                return
        modifiers = self.modifiers()
        if self.kind == "private":
            self.advance()
        else:
            self.key()
        if self.at("("):
            self.method("async" in modifiers, "*" in modifiers, own=True)
        elif modifiers:
            raise self.unexpected("`(`")
        else:
            self.field()

    def field(self) -> None:
        if self.eat("="):
            self.within(Context(False, method=True, private=True), self.checked_value)
        self.semicolon()

    def semicolon(self) -> None:
        """A semicolon, written or understood."""
        if not self.eat(";") and not (self.at("}") or self.kind == END or self.fresh_line):
            raise self.unexpected("`;`")

    def new(self) -> None:
        self.advance()
        if self.eat("."):
            if not self.context.function:
                raise JavaScriptError("`new.target` outside a function", self.start)
            self.expect("target")
            return
        start = self.start
        shape = self.atom()
        while not self.at("(", "?.") and shape.kind != "arrow" and self.link(start, False):
            pass
        if self.at("?."):
            raise self.unexpected()
        if self.at("("):
            self.arguments()

    def super_(self) -> None:
        if not self.context.method:
            raise self.unexpected()
        self.advance()
        if not self.at(".", "[", "("):
            raise self.unexpected("`.`")

    def import_(self) -> None:
        """`import(…)` or `import.meta`."""
        self.advance()
        if self.eat("."):
            if not self.eat("meta"):
                raise self.unexpected("`meta`")
            return
        if not self.at("("):
            raise self.unexpected("`(`")
        if len(self.arguments()) != 1:
            raise self.unexpected()


ATOMS: dict[str, Callable[[Expressions, int], Shape]] = {
    "(": Expressions.group,
    "[": Expressions.array,
    "{": Expressions.object,
    "`": Expressions.literal_template,
    "/": Expressions.regex,
    "/=": Expressions.regex,
    "<": Expressions.jsx,
}
WORDS: dict[str, Callable[[Expressions], None]] = {
    "function": Expressions.function,
    "class": Expressions.class_,
    "new": Expressions.new,
    "super": Expressions.super_,
    "import": Expressions.import_,
}
