"""How people and organizations are drawn when there is only room for two letters."""


def initials(name: str) -> str:
    """`AL` for Ada Lovelace, `AD` for ada@example.com."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]
    return letters.upper()
