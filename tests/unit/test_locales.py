"""Every language says everything that English says; nothing that a visitor reads stands outside the language files."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsearch.train.classes import CLASS_NAMES
from imgsearch.ui import components, strings

OTHERS = [tag for tag in strings.LANGUAGES if tag != strings.SOURCE]
PLURALS = {
    "en": {"one"},
    "de": {"one"},
    "zh-Hans": set(),
    "ja": set(),
    "es": {"one", "many"},
    "fr": {"one", "many"},
    "pt": {"one", "many"},
    "ar": {"zero", "one", "two", "few", "many"},
}
"""CLDR's plural categories of whole numbers, without `other`, which is the plain key's."""

FORM = re.compile(r"_(zero|one|two|few|many)$")
PLACEHOLDER = re.compile(r"\{(\w+)\}")

# Equal to English on purpose: the same word, a name, or a sign.
SAME: dict[str, set[str]] = {
    "board.ndcg_at_10": set(OTHERS),  # names of measures
    "board.mrr": set(OTHERS),
    "board.precision_at_1": {"de"},
    "board.precision_at_5": {"de"},
    "board.precision_at_10": {"de"},
    "board.not_yet": set(OTHERS),  # a dash
    "board.export_json": set(OTHERS),  # a format's name
    "board.key_enter": {"pt", "ja", "ar"},  # what is printed on the key
    "board.grade_I": {"de"},
    "board.grade_E": {"fr"},
    "shell.tab_shop": {"de"},
    "picker.kind_vase": {"de", "fr"},
    "picker.kind_sofa": {"de"},
    "picker.kind_table": {"fr"},
    "results.material": {"de", "es", "pt"},
    "results.room_total": {"es", "pt"},
}
SCRIPTS = {"zh-Hans": r"[\u4e00-\u9fff]", "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "ar": r"[\u0600-\u06ff]"}


def flat(tag: str) -> dict[str, str]:
    return {f"{section}.{key}": text for section, texts in strings.load(tag).items() for key, text in texts.items()}


ENGLISH = flat(strings.SOURCE)


def base(key: str) -> str:
    """The key that a plural form belongs to; itself for every other key."""
    plain = FORM.sub("", key)
    return plain if FORM.search(key) and plain in ENGLISH else key


COUNTED = {base(key) for key in ENGLISH if base(key) != key}


def wanted_keys(tag: str) -> set[str]:
    plain = {key for key in ENGLISH if base(key) == key}
    return plain | {f"{key}_{form}" for key in COUNTED for form in PLURALS[tag]}


def test_the_eight_languages_have_a_file_each_and_no_file_is_left_over() -> None:
    """And each names itself in the switch."""
    files = {path.stem for path in strings.LOCALES.iterdir()}
    assert files == set(strings.LANGUAGES) == set(PLURALS)
    assert len(set(strings.LANGUAGES.values())) == 8


@pytest.mark.parametrize("tag", strings.LANGUAGES)
def test_a_language_has_exactly_englishs_texts_in_its_own_plural_forms(tag: str) -> None:
    """Arabic has six forms, Chinese and Japanese one."""
    have = set(flat(tag))
    assert sorted(wanted_keys(tag) - have) == [], "not translated"
    assert sorted(have - wanted_keys(tag)) == [], "nobody asks for these"


@pytest.mark.parametrize("tag", strings.LANGUAGES)
def test_placeholders_are_englishs(tag: str) -> None:
    """Only `{n}` may be left out, where a plural form says the number in words ("one match")."""
    for key, text in flat(tag).items():
        wanted = set(PLACEHOLDER.findall(ENGLISH[base(key)]))
        have = set(PLACEHOLDER.findall(text))
        assert have in ([wanted] if base(key) == key else [wanted, wanted - {"n"}]), f"{key}: {text}"


@pytest.mark.parametrize("tag", OTHERS)
def test_nothing_is_left_in_english(tag: str) -> None:
    """A text equal to English's is on the short list above, and the list holds nothing that is not so."""
    texts = flat(tag)
    same = {key for key, text in texts.items() if text == ENGLISH.get(key, ENGLISH[base(key)])}
    assert same == {key for key, tags in SAME.items() if tag in tags}


@pytest.mark.parametrize("tag", SCRIPTS)
def test_a_language_is_written_in_its_own_script(tag: str) -> None:
    """So that no other Latin-script text was pasted into it."""
    own = re.compile(SCRIPTS[tag])
    words = {key: PLACEHOLDER.sub("", text) for key, text in flat(tag).items()}
    foreign = {key for key, text in words.items() if re.search(r"[A-Za-z]", text) and not own.search(text)}
    assert foreign == {key for key, tags in SAME.items() if tag in tags} - {"board.not_yet"}


@pytest.mark.parametrize("tag", strings.LANGUAGES)
def test_texts_are_clean(tag: str) -> None:
    """No empty one, no space at the ends, no markup (they are shown as text), no doubled space."""
    for key, text in flat(tag).items():
        assert text == text.strip() != "", key
        assert "<" not in text, key
        assert "  " not in text, key


def test_the_plural_forms_are_the_browsers() -> None:
    """The table above is what `Intl.PluralRules` chooses from."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    code = (
        f"console.log(JSON.stringify({json.dumps(list(strings.LANGUAGES))}.map((tag) => "
        "[tag, new Intl.PluralRules(tag).resolvedOptions().pluralCategories])))"
    )
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
    assert {tag: set(forms) - {"other"} for tag, forms in json.loads(done.stdout)} == PLURALS


def test_an_address_changes_with_its_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Browsers keep the files forever; a new text is a new address."""
    before = strings.addresses()
    shutil.copytree(strings.LOCALES, tmp_path / "locales")
    path = tmp_path / "locales" / "de.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Sprache", "Die Sprache"), encoding="utf-8")
    monkeypatch.setattr(strings, "LOCALES", tmp_path / "locales")
    after = strings.addresses()
    assert after["de"]["address"] != before["de"]["address"]
    assert after["fr"] == before["fr"]


AMOUNTS = [
    ("en", "40.5", 40.5), ("en", "40,5", 40.5), ("en", "1,299", 1299), ("en", "1,299,000.5", 1299000.5),
    ("de", "40,5", 40.5), ("de", "1.299", 1299), ("de", "1.299,50 €", 1299.5), ("de", "1.299.000", 1299000),
    ("de-CH", "1’299.50", 1299.5), ("fr", "1\u202f299,5", 1299.5), ("fr", "40.5", 40.5), ("es", "1.299", 1299),
    ("ar", "٤٠٫٥", 40.5), ("ar-EG", "١٬٢٩٩", 1299), ("ja", "４０．５", 40.5), ("zh-Hans", "¥0", 0),
    ("en", "", None), ("en", "cheap", None), ("en", "-5", None), ("en", ".", None),
]  # fmt: skip


def test_an_amount_is_read_in_the_readers_writing() -> None:
    """Decimal comma, thousands, currency signs, Arabic and full-width digits; what is no amount is none."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    source = (components.STATIC / "filters.js").read_text(encoding="utf-8")
    reader = source[source.index("const latin =") : source.index("function amount(input)")]
    cases = json.dumps([[locale, text] for locale, text, _ in AMOUNTS])
    code = (
        f"let LANGUAGE;\n{reader}\n"
        f"const read = ([locale, text]) => {{ LANGUAGE = {{ locale }}; return amountIn(text); }};\n"
        f"console.log(JSON.stringify({cases}.map(read)))"
    )
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [amount for _, _, amount in AMOUNTS]


# -- nothing outside the language files -------------------------------------------------------------------------------

WORD = r"[^'\"`$]*[A-Za-z]{2}"
SINKS = [
    rf"(?<![\w-])(?:text|title|alt|placeholder|'aria-label'):\s*['\"`]{WORD}",  # el('p', {text: 'Hello'})
    rf"\bbutton\(\s*['\"`]{WORD}",  # button('Hello', ...
    rf"\bwrite\([^,]+(?:\([^)]*\))?,\s*['\"`]{WORD}",  # write(node, 'Hello')
    rf"\bshowMessage\([^,]+,\s*[^,]+,\s*['\"`]{WORD}",  # showMessage(host, 'code', 'Hello')
    r"['\"`][A-Z][a-z]+(?: [a-z']+)+[.!?…]?['\"`]",  # 'A sentence anywhere'
]
DEAD = [
    r"\.(?:textContent|innerText|title|placeholder|alt|ariaLabel)\s*=[^=]",  # write() does it
    r"setAttribute\('(?:aria-label|title|alt|placeholder)'",
    r"toLocale\w*String|\bnew Intl\.(?!PluralRules|NumberFormat\(LANGUAGE\.locale\)\.formatToParts)",
]
WRITERS = {"text.js": ".textContent =", "language.js": "new Intl.NumberFormat(language.locale, options)"}


def code_of(text: str) -> str:
    """JavaScript without its comments."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"(?m)(^|\s)//.*$", r"\1", text)


def found(patterns: list[str], name: str, text: str) -> list[str]:
    lines = code_of(text).replace(WRITERS.get(name, "\0"), "").splitlines()
    return [f"{name}: {line.strip()}" for line in lines if any(re.search(pattern, line) for pattern in patterns)]


def test_no_script_shows_a_text_of_its_own() -> None:
    """Everything a visitor reads is asked for by `say`, `told`, `number`, `money` ..."""
    for path in components.STATIC.glob("*.js"):
        assert found(SINKS, path.name, path.read_text(encoding="utf-8")) == []


def test_no_script_shows_a_text_that_does_not_follow_the_language() -> None:
    """Set by `write` or `el`, a text changes with the language; numbers are the reader's, not the browser's."""
    for path in components.STATIC.glob("*.js"):
        assert found(DEAD, path.name, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "el('p', { class: 'x', text: 'Hello' })",
        "el('img', { alt: `Photo ${n}` })",
        "el('button', { 'aria-label': \"Close\" })",
        "button('Try again', null, {})",
        "write(note, 'Saved')",
        "write(node.querySelector('b'), 'Saved')",
        "showMessage(note, 'slow', 'The server is busy')",
        "const text = 'Nothing was found.';",
    ],
)
def test_the_search_for_texts_finds_them(line: str) -> None:
    """It can fail."""
    assert found(SINKS, "x.js", line)


@pytest.mark.parametrize(
    "line",
    ["node.textContent = say('x');", "box.title = say('x')", "n.toLocaleString()", "new Intl.NumberFormat().format(3)"],
)
def test_the_search_for_dead_texts_finds_them(line: str) -> None:
    """It can fail, too."""
    assert found(DEAD, "x.js", line)


@pytest.mark.parametrize(
    "line",
    [
        "el('p', { class: 'btn primary', text: say('x') })",
        "// 'A sentence in a comment.'",
        "button('', 'moon', {})",
        "if (node.textContent === text) return;",
    ],
)
def test_the_search_leaves_code_alone(line: str) -> None:
    """Class names, comments and keys are no texts."""
    assert found(SINKS + DEAD, "x.js", line) == []


SHOWN = {"label", "value", "placeholder", "info", "title", "description", "message", "text", "auth_message"}
PARTS = {"Tab", "Button", "Markdown", "HTML", "Textbox", "Error", "Warning", "Info", "Checkbox", "Dropdown", "File"}


def literals(tree: ast.AST) -> Iterator[str]:
    """Constant texts that Gradio would show, or that an answer would carry to the page."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            part = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            gradio = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
            if gradio and node.func.value.id == "gr":  # type: ignore[attr-defined]
                yield from (texts(node.args[0]) if part in PARTS and node.args else [])
                yield from (t for k in node.keywords if k.arg in SHOWN for t in texts(k.value))
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in SHOWN:
                    yield from texts(value)


def texts(node: ast.AST) -> list[str]:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    constants = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [text for text in constants if re.search(r"[A-Za-z]{2}", text)]


FOR_PROGRAMS = {"mcp_server.py", "tools.py", "api.py"}  # their descriptions are read by programs, which read English


def test_no_handler_sends_a_text_of_its_own() -> None:
    """Exceptions are the core's English sentences; the page says them by their code."""
    for path in Path(strings.__file__).parent.glob("*.py"):
        if path.name not in FOR_PROGRAMS:
            assert list(literals(ast.parse(path.read_text(encoding="utf-8")))) == [], path.name


@pytest.mark.parametrize(
    "line", ["gr.Tab('Shop')", "gr.Button(value='Go on')", "x = {'message': 'Try again'}", "gr.Error(f'No {x} here')"]
)
def test_the_search_in_handlers_finds_texts(line: str) -> None:
    """It can fail."""
    assert list(literals(ast.parse(line)))


def test_every_class_of_the_bundled_detector_has_a_word() -> None:
    assert {f"picker.kind_{name}" for name in CLASS_NAMES} <= set(ENGLISH)
