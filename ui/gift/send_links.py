"""Ways to hand a share link on: plain links to what people write to each other with. No SDK, and the text names nobody."""

from __future__ import annotations

from urllib.parse import quote

from nicegui.element import Element

from i18n import _
from ui.components.elements import box, text


class SendLinks:
    """A row of links for one share link, and the device's own sheet for the file where it has one (copy-link.js)."""

    def __init__(self, url: str, file_url: str) -> None:
        with box("div", "row", role="group", aria_label=_("Send it")):
            self.links: dict[str, Element] = {}
            for name, href in addresses(url).items():
                self.links[name] = text("a", name, "btn small", href=href, target="_blank", rel="noopener noreferrer")
            text("button", _("Send the song itself"), "btn quiet sendfile", type="button", data_file=file_url, hidden="")

    def follow(self, url: str) -> None:
        """The giver made new links, or switched them off."""
        for name, href in addresses(url).items():
            self.links[name].props["href"] = href


def link_text() -> str:
    """What stands before the link. It is read on lock screens, so it says neither who nor for whom."""
    return _("Somebody made you a song. Find a quiet minute, and turn up the sound:")


def addresses(url: str) -> dict[str, str]:
    """Label and address of each, as faq.whatsapp.com (click to chat), core.telegram.org/widgets/share, RFC 5724 and RFC 6068
    have them.
    """
    words, link = quote(link_text(), safe=""), quote(url, safe="")
    return {
        "WhatsApp": f"https://wa.me/?text={words}%20{link}",
        "Telegram": f"https://t.me/share/url?url={link}&text={words}",
        _("Text message"): f"sms:?&body={words}%20{link}",
        _("E-mail"): f"mailto:?subject={quote(_('A song for you'), safe='')}&body={words}%0A%0A{link}",
    }
