"""The typesetter as a program of its own: what the paper says (JSON) comes in, the PDF goes out.

It keeps what it laid out in memory for the next ten papers, a hundred megabytes and more for a long list: a process that
ends gives all of it back, and the web server never loads the library. It imports nothing of ours.
"""

import sys
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst


def main() -> None:
    """With embedded fonts alone, nothing of the machine's own, as a file for archives (PDF/A-2a)."""
    folder = Path(pylopdf_fonts_zh_cn.sans_path()).parent
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    made = typst.compile(
        Path(__file__).with_name("paper.typ").read_bytes(),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"paper": sys.stdin.buffer.read().decode()},
        pdf_standards=["a-2a"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
