"""What of a page is still English where everything should be in its language."""

from __future__ import annotations

import re
from functools import cache

from playwright.async_api import Page

from i18n import SOURCE, catalogue
from tools.messages import messages

SEEN = """() => {
  const found = new Set([document.title]);
  const look = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.parentElement?.checkVisibility() && !node.parentElement.closest("script,style")) found.add(node.data.trim());
      } else {
        if (node.shadowRoot) look(node.shadowRoot);
        if (node.checkVisibility()) found.add(node.getAttribute("aria-label")?.trim());
      }
    }
  };
  look(document.body);
  return [...found].filter(Boolean);
}"""


_marked = cache(messages)


async def english_on(page: Page) -> list[str]:
    """Texts that can be seen or heard on the page, are in the catalogue of its language, and stand there in English."""
    own = catalogue(await page.locator("html").get_attribute("lang") or SOURCE)
    texts = [text for pair in _marked() for text in pair if text and own.gettext(text) != text]
    plain = {text for text in texts if "{" not in text}
    long = [text for text in texts if "{" in text and len(re.sub(r"\{\w+\}", "", text)) > 12]
    filled = [re.compile(re.sub(r"\\{\w+\\}", "(.+)", re.escape(text))) for text in long]
    seen = await page.evaluate(SEEN)
    return [text for text in seen if text in plain or any(one.fullmatch(text) for one in filled)]
