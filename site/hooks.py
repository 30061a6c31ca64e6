"""What the pages of docs/ need to be a site: links to other files of the repository, the lessons, and the program itself."""

import re
from pathlib import Path

from markdown.extensions.toc import slugify
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/ringscope/ringscope/blob/main/"
# The program, as `make web` makes it.
APP = ROOT / "target/web/ringscope-app.html"

# A link of Markdown to a file above the folder of the pages.
OUTSIDE = re.compile(r"\]\(\.\./([^)#]+)(#[^)]*)?\)")

# The lessons in the order in which they are learned, as the program lists them.
LISTED = re.compile(r'lesson!\(\s*"([a-z-]+)"')
LESSONS = ROOT / "screen/src/tour/builtin.rs"
FRONT = re.compile(r"^---\ntitle: (?P<title>.*?)\nabout: (?P<about>.*?)\n(?:[a-z]+: |---)", re.DOTALL)


def lesson(name):
    """A lesson's heading, what it is about, and where it begins."""
    front = FRONT.match((ROOT / f"screen/walkthroughs/{name}.md").read_text())
    if front is None:
        raise SystemExit(f"screen/walkthroughs/{name}.md has no title, or does not say what it is about")
    about = " ".join(front["about"].split())
    return f"## [{front['title']}](try.html#tour={name})\n\n{about} In a terminal: `ringscope tour {name}`.\n"


# A link to a heading that begins with a digit, for which the theme cannot look.
NUMBERED = re.compile(r"(\]\([^)#]*#)(?=[0-9])")
STEP = "step-"


def place(heading, separator):
    """The name of a heading in an address."""
    name = slugify(heading, separator)
    return STEP + name if name[:1].isdigit() else name


def on_config(config):
    """Headings have names that the theme can look for."""
    config["mdx_configs"].setdefault("toc", {})["slugify"] = place
    return config


def on_files(files, config):
    """The page of the lessons is made of the lessons, and the program lies beside the pages that show it."""
    names = LISTED.findall(LESSONS.read_text())
    if len(names) != len(list((ROOT / "screen/walkthroughs").glob("*.md"))) - 1:
        raise SystemExit(f"{LESSONS.relative_to(ROOT)} lists other lessons than there are: {names}")
    head = "# Lessons\n\nEach is a run that stops where something is to be seen, and asks before it shows. They open in this browser, and what was answered is kept in it.\n"
    content = "\n".join([head, *map(lesson, names)])
    files.append(File.generated(config, "lessons.md", content=content))
    files.append(File.generated(config, "try.html", content=program()))
    return files


def program():
    """The page that is the program; it is given no run."""
    if not APP.is_file():
        raise SystemExit(f"{APP.relative_to(ROOT)} is not there: `make web` builds it")
    return APP.read_text().replace("{{given}}", "{}")


def on_page_markdown(markdown, page, config, files):
    """Links that leave the folder lead to the repository; one to a file that is not there fails the build."""

    def to_repository(link):
        file, anchor = link.group(1), link.group(2) or ""
        if not (ROOT / file).exists():
            raise SystemExit(f"{page.file.src_path}: there is no {file}")
        return f"]({REPOSITORY}{file}{anchor})"

    return NUMBERED.sub(rf"\g<1>{STEP}", OUTSIDE.sub(to_repository, markdown))
