"""Letters: the words of each mail, plain and HTML. Names are hostile text and stay inert."""

from __future__ import annotations

from html import escape

from integrations.mail import Letter
from models import ComposeForm, Email, Login, ShareToken
from settings import settings


def delivery_letter(row: Email, receipt: list[str]) -> Letter:
    """To the giver: the song is theirs, here is the link to give; below, the lines of the receipt."""
    form = ComposeForm.find(row.form_id)
    tokens = (
        ShareToken.select().where(ShareToken.form == form.id, ShareToken.revoked_at.is_null()).order_by(ShareToken.song_index)
    )
    names = [form.form_data["songs"][token.song_index]["recipientName"] for token in tokens]
    links = [f"{settings.public_url}/s/{token.token}" for token in tokens]
    sender, brand = form.form_data["senderName"], settings.brand_name
    several = len(links) > 1
    subject = f"Your songs for {', '.join(names)} are ready" if several else f"Your song for {names[0]} is ready"
    lines = "\n".join(f"{name}: {link}" for name, link in zip(names, links, strict=True))
    text = (
        f"Dear {sender},\n\nthank you. Here {'are your share links' if several else 'is your share link'}:\n\n{lines}\n\n"
        f"Whoever opens the link hears the whole song; send it whenever the moment is right.\n\n"
        f"The song was made with AI from your words.\n\n{brand}\n\n-- \n" + "\n".join(receipt) + "\n"
    )
    items = "".join(
        f'<p style="margin:24px 0"><a href="{escape(link)}" style="background:#8a3b2e;color:#fff;padding:14px 22px;'
        f'border-radius:10px;text-decoration:none">The song for {escape(name)}</a><br><small>{escape(link)}</small></p>'
        for name, link in zip(names, links, strict=True)
    )
    html = (
        '<!doctype html><html lang="en">'
        '<body style="font:17px/1.6 Georgia,serif;color:#2b2320;background:#fbf6ef;padding:24px">'
        f"<p>Dear {escape(sender)},</p><p>thank you. Whoever opens the link hears the whole song; "
        f"send it whenever the moment is right.</p>{items}<p><small>The song was made with AI from your words.</small></p>"
        f"<p>{escape(brand)}</p><hr><p><small>{'<br>'.join(map(escape, receipt))}</small></p></body></html>"
    )
    return Letter(to_address=row.to_address, subject=subject, text=text, html=html, message_id=row.message_id)


def login_letter(row: Login, link: str) -> Letter:
    """To whoever asked to sign in: one link, good once, for a quarter of an hour."""
    brand = settings.brand_name
    text = (
        f"Hello,\n\nopen this link to see your songs. It works once, for 15 minutes, on any device:\n\n{link}\n\n"
        f"If you did not ask for it, do nothing: nobody gets in without it.\n\n{brand}\n"
    )
    html = (
        '<!doctype html><html lang="en">'
        '<body style="font:17px/1.6 Georgia,serif;color:#2b2320;background:#fbf6ef;padding:24px">'
        "<p>Hello,</p><p>open this link to see your songs. It works once, for 15 minutes, on any device.</p>"
        f'<p style="margin:24px 0"><a href="{escape(link)}" style="background:#8a3b2e;color:#fff;padding:14px 22px;'
        f'border-radius:10px;text-decoration:none">See my songs</a></p>'
        f"<p><small>If you did not ask for it, do nothing: nobody gets in without it.</small></p>"
        f"<p>{escape(brand)}</p></body></html>"
    )
    return Letter(to_address=row.email, subject=f"Your link to {brand}", text=text, html=html, message_id=row.message_id)
