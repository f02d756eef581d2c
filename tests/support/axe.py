"""axe-core (WCAG 2.2 AA and best practices) on a page that stands, by day and by night."""

from __future__ import annotations

from importlib.resources import files

from playwright.async_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RUN = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ['violations'], ...rules});
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""
COLOURS = {"runOnly": {"type": "tag", "values": ["cat.color"]}}  # axe's tag for contrast and links within text
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}  # 0.06 s of a core a page instead of 0.24
# A page of NiceGUI stands when its socket does; on any page a headline is there, its fonts are loaded, and nothing moves.
STANDS = """() => (!document.getElementById('app') || window.did_handshake === true) && document.fonts.status === 'loaded'
  && [...document.querySelectorAll('h1')].some((one) => one.checkVisibility())
  && document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations > 1)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDER_THAN_THEIR_BUTTON = """() => {
  const found = [];
  const look = (root) => root.querySelectorAll('*').forEach((one) => {
    if (one.localName === 'demo-director') return;  // a bar that scrolls sideways on purpose
    if (one.shadowRoot) look(one.shadowRoot);
    if (!one.matches('button, summary, label, .btn') || !one.checkVisibility()) return;
    const box = one.getBoundingClientRect(), range = document.createRange();
    range.selectNodeContents(one);
    const words = range.getBoundingClientRect();
    const sticksOut = words.right > box.right + 1 || words.left < box.left - 1 || box.right > innerWidth + 1
      || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline';
    if (box.width > 2 && sticksOut && one.textContent.trim()) found.push(one.textContent.trim());
  });
  look(document);
  return found;
}"""
PAPER = "() => getComputedStyle(document.body).backgroundColor"


async def find_nothing(
    page: Page, *, schemes: tuple[str, ...] = ("light", "dark"), where: str = "", colours_are_known: bool = False
) -> None:
    """Axe finds nothing and nothing sticks out; in a second colour scheme, which changes colours alone, it looks at these.

    One visit. Its context bypasses the CSP. `colours_are_known`: the same page was looked at in another language."""
    papers: set[str] = set()
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    for scheme in schemes:
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.wait_for_function(STANDS)
        rules = ALL_BUT_COLOURS if colours_are_known else COLOURS if papers else {}
        assert await page.evaluate(RUN, rules) == [], f"{where} {scheme}"
        papers.add(await page.evaluate(PAPER))
        assert await page.evaluate(OVERFLOW) <= 0, f"{where} {scheme}: something sticks out"
        wide = await page.evaluate(WIDER_THAN_THEIR_BUTTON)
        assert wide == [], f"{where} {scheme}: {wide} is wider than its button"
    assert len(papers) == len(schemes), f"{where}: the night has another paper than the day, else axe saw the same page twice"
