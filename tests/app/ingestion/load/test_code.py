"""Source code."""

from __future__ import annotations

import pytest

from app.ingestion.load import load_bytes
from app.ingestion.split import split

PYTHON = '''"""Tides of the harbour."""

import math

LIMIT = 3


# How high the water stands.
@cached
def height(
    hour: int,
) -> float:
    """In metres."""
    return math.sin(hour)


class Gauge:
    """Reads the tide."""

    def read(self) -> int:
        return 1

    async def wait(self): ...
'''


def sections(name: str, source: str) -> list[tuple[str, str]]:
    document = load_bytes(name, source.encode())
    return [(b.title, document.text[b.start : b.end]) for b in document.blocks if b.kind == "heading"]


def test_python_has_a_section_for_each_definition() -> None:
    document = load_bytes("tides.py", PYTHON.encode())
    assert document.text == PYTHON
    assert sections("tides.py", PYTHON) == [
        ("height", "# How high the water stands.\n@cached\ndef height(\n    hour: int,\n) -> float:"),
        ("Gauge", "class Gauge:"),
        ("Gauge.read", "def read(self) -> int:"),
        ("Gauge.wait", "async def wait(self): ..."),
    ]
    assert ("tides.py", "Gauge.wait") in [
        span.headings for span in split(document, target_chars=40, max_chars=99)
    ]


SOURCES = {
    "a.js": """
export class Cat {
  purr(loud) {
    if (loud) {
      x();
    }
  }
}
const feed = async (cat) => {
};
function stroke() {}
""",
    "a.ts": """
export interface Boat { name: string }
export const sail = (b: Boat): void => {}
class Ship {
  private load(n: number): boolean {
  }
}
""",
    "A.java": """
/** Kept. */
public class Cat<T> extends Pet {
    @Override
    public List<T> kittens(int n) throws Oops {
        return new Cat() { };
    }
}
""",
    "a.go": """
type Cat struct {
}

func (c *Cat) Purr() int {
}

func main() {
}
""",
    "a.rs": """
pub struct Cat;
impl Purr for Cat {
    fn purr(&self) -> u8 { 1 }
}
pub(crate) fn main() {}
""",
    "a.c": """
#include <x.h>
/* Adds. */
static int
add(int a,
    int b)
{
  return a;
}
int main(void) {
  for (;;) {
  }
}
""",
    "a.cs": """
namespace A {
  public class Cat {
    public async Task<int> Purr() {
    }
  }
}
""",
    "a.rb": """
module Pets
  class Cat
    def purr?
    end
  end
end
""",
    "a.sh": """
# Says hello.
hello() {
  echo hi
}
function bye {
  :
}
""",
    "a.sql": """
-- People.
CREATE TABLE IF NOT EXISTS people (id int);
create or replace view v as select 1;
""",
    "a.toml": "[tool.a]\nx = 1\n[[b]]\ny = 2\n",
    "a.yaml": "services:\n  web: 1\nvolumes: {}\n",
    "broken.py": "def old():\n    print 'x'\nclass A:\n    def b(self): pass\n",
    "a.css": "p { color: red }\n",
}
NAMES = {
    "a.js": ["Cat", "Cat.purr", "feed", "stroke"],
    "a.ts": ["Boat", "sail", "Ship", "Ship.load"],
    "A.java": ["Cat", "Cat.kittens"],
    "a.go": ["Cat", "Cat.Purr", "main"],
    "a.rs": ["Cat", "Cat", "Cat.purr", "main"],
    "a.c": ["add", "main"],
    "a.cs": ["A", "A.Cat", "A.Cat.Purr"],
    "a.rb": ["Pets", "Pets.Cat", "Pets.Cat.purr?"],
    "a.sh": ["hello", "bye"],
    "a.sql": ["people", "v"],
    "a.toml": ["tool.a", "b"],
    "a.yaml": ["services", "volumes"],
    "broken.py": ["old", "A", "A.b"],
    "a.css": [],
}


@pytest.mark.parametrize("name", SOURCES)
def test_other_languages_have_sections_too(name: str) -> None:
    assert [title for title, _ in sections(name, SOURCES[name])] == NAMES[name]


def test_comments_above_belong_to_what_follows() -> None:
    found = sections("a.go", "package a\n\n// Purr hums.\n// Twice.\nfunc Purr() {\n}\n")
    assert found == [("Purr", "// Purr hums.\n// Twice.\nfunc Purr() {")]


@pytest.mark.parametrize("suffix", [".js", ".java", ".c", ".rs", ".sql", ".tf", ".py"])
@pytest.mark.timeout(20)
def test_hostile_source_is_read_in_linear_time(suffix: str) -> None:
    for piece in ("a " * 100_000, "(" * 200_000, "public " * 30_000, "x = (" * 40_000, "\n" * 200_000 + "x"):
        load_bytes(f"a{suffix}", piece.encode())
