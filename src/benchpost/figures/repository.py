"""What a model is and what its repository holds: a table of facts, and a card of files."""

from __future__ import annotations

from benchpost.errors import BenchpostError
from benchpost.figures import markup
from benchpost.figures.quoted import citations
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import Model, Repository, RepositoryFile
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

_FEW = 6
"""Files that a card names; the small ones after them share a row."""


def table_model(facts: Facts, *, model: str, caption: str = "") -> Fragment:
    """Dimensions, parameters and bytes of a model, with their source."""
    chosen = known_model(model)
    rows = [[name, markup.escaped(value)] for name, value in _facts(chosen).items()]
    table = markup.table([markup.escaped(chosen.name), "Value"], rows, "lr")
    source = f"Source: {citations([(chosen.source, chosen.date)])}."
    note = f"{markup.escaped(caption)} {source}" if caption else source
    return Fragment(markup.captioned(table, note))


def _facts(of: Model) -> dict[str, str]:
    return {
        "Hidden layers": f"{of.layers}",
        "Hidden size": f"{of.hidden:,}",
        "Query heads": f"{of.heads}",
        "Key-value heads": f"{of.kv_heads}",
        "Size of a head": f"{of.head_dim}",
        "Intermediate size of the MLP": f"{of.intermediate:,}",
        "Vocabulary": f"{of.vocab:,}",
        "LM head": "is the embedding" if of.tied_embeddings else "a matrix of its own",
        "Parameters, counted": f"{of.parameters.value:,}",
        "Weights in BF16": show(of.weight_bytes("bf16"), "byte"),
        "KV cache of a token in BF16": show(of.kv_bytes_per_token("bf16"), "byte"),
        **({"Longest context": f"{of.max_context:,} tokens"} if of.max_context else {}),
    }


def repo_card(facts: Facts, *, model: str, caption: str = "") -> Fragment:
    """Files, sizes and parameters of a model's repository, as recorded on a day."""
    chosen = known_model(model)
    repository = chosen.repository
    if repository is None:
        raise BenchpostError(
            f"no repository is recorded for {chosen.name}; "
            f'`table model` shows its dimensions: fill table model model="{chosen.name}"'
        )
    rows = [*_file_rows(repository), *_total_rows(chosen, repository)]
    address = f"https://huggingface.co/{repository.name}"
    head = [markup.link(repository.name, address), "Size"]
    table = markup.table(head, rows, "lr")
    return Fragment(markup.captioned(table, _note(repository, caption)))


def _file_rows(repository: Repository) -> list[list[str]]:
    largest = sorted(repository.files, key=lambda file: (-file.size, file.name))
    rows = [_row(file) for file in largest[:_FEW]]
    rest = largest[_FEW:]
    if rest:
        size = show(sum(file.size for file in rest), "byte")
        rows.append([f"{len(rest)} smaller files", size])
    return rows


def _row(file: RepositoryFile) -> list[str]:
    return [markup.code(file.name), show(file.size, "byte")]


def _total_rows(of: Model, repository: Repository) -> list[list[str]]:
    weights = [f.size for f in repository.files if f.name.endswith(".safetensors")]
    rows = [[f"**{len(repository.files)} files**", f"**{show(repository.total, 'byte')}**"]]
    if weights:
        count = f"{len(weights)} weight file{'' if len(weights) == 1 else 's'}"
        rows.append([f"of these {count}", show(sum(weights), "byte", digits=4)])
    return [*rows, ["Parameters", f"{of.parameters.value:,}"]]


def _note(repository: Repository, caption: str) -> str:
    said = markup.escaped(caption) + " " if caption else ""
    revision = f"revision {markup.code(repository.revision[:8])} of {repository.modified[:10]}"
    source = f"{said}As recorded on {repository.date}, {revision}; {_cited(repository)}."
    return f"{source} {markup.escaped(repository.note)}." if repository.note else source


def _cited(repository: Repository) -> str:
    return markup.linked(repository.source)
