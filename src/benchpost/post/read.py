"""Reading a post: text in, `Post` out; nothing in a text can make it fail."""

from __future__ import annotations

from pathlib import Path

from benchpost.config import Project, rival
from benchpost.errors import BenchpostError, Place
from benchpost.files import read_text
from benchpost.post.document import Dialect, Post
from benchpost.post.frontmatter import front_matter
from benchpost.post.marks import find_marks
from benchpost.post.parse import parse
from benchpost.post.snippets import find_snippets
from benchpost.post.todo import find_todos


def read_post(file: Path, project: Project) -> Post:
    """The post in a file.

    Raises BenchpostError when it is not UTF-8, or when its folder holds a second index file.
    """
    other = rival(file)
    if other:
        both = f"`{project.relative(file)}` and `{project.relative(other)}`"
        said = f"{both} would share one folder of results and one page; keep one of them"
        raise BenchpostError(said, Place(project.relative(file)))
    return parse_post(read_text(file), project.relative(file), file)


def parse_post(text: str, path: str, file: Path, dialect: Dialect | None = None) -> Post:
    """A post from its text: `.mdx` is MDX and all else Markdown unless `dialect` says otherwise.

    Never raises: what is wrong with the text is for `lint` to say.
    """
    if dialect is None:
        dialect = Dialect.MDX if file.suffix == ".mdx" else Dialect.MARKDOWN
    tree = parse(text, dialect)
    marks = find_marks(text, tree, dialect)
    snippets = find_snippets(text, tree)
    return Post(
        path=path,
        file=file,
        text=text,
        dialect=dialect,
        tree=tree,
        front=front_matter(tree),
        snippets=snippets.snippets,
        slots=marks.slots,
        values=marks.values,
        todos=find_todos(text, tree, dialect, marks),
        problems=(*marks.problems, *snippets.problems),
    )
