"""What the pages of docs/ need to be a site: links to other files of the repository, the lessons, and the program itself."""

import re
from pathlib import Path

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


def on_files(files, config):
    """The page of the lessons is made of the lessons."""
    names = LISTED.findall(LESSONS.read_text())
    if len(names) != len(list((ROOT / "screen/walkthroughs").glob("*.md"))) - 1:
        raise SystemExit(f"{LESSONS.relative_to(ROOT)} lists other lessons than there are: {names}")
    head = "# Lessons\n\nEach is a run that stops where something is to be seen, and asks before it shows. They open in this browser, and what was answered is kept in it.\n"
    content = "\n".join([head, *map(lesson, names)])
    files.append(File.generated(config, "lessons.md", content=content))
    return files


def on_page_markdown(markdown, page, config, files):
    """Links that leave the folder lead to the repository; one to a file that is not there fails the build."""

    def to_repository(link):
        file, anchor = link.group(1), link.group(2) or ""
        if not (ROOT / file).exists():
            raise SystemExit(f"{page.file.src_path}: there is no {file}")
        return f"]({REPOSITORY}{file}{anchor})"

    return OUTSIDE.sub(to_repository, markdown)


def on_post_build(config):
    """The program lies beside the pages that show it."""
    if not APP.is_file():
        raise SystemExit(f"{APP.relative_to(ROOT)} is not there: `make web` builds it")
    # It is given no run.
    page = APP.read_text().replace("{{given}}", "{}")
    Path(config["site_dir"], "try.html").write_text(page)
