"""Text to tokens and back. A token is a word, a `code span` or a sign, with the space before it, so that joining them
gives the text again. They travel between the programs as they are, not as numbers: a person can read what goes by."""
import re

TOKEN = re.compile(r" ?`[^`\n]+`| ?\w+(?:[-'’./:_]\w+)*| ?[^\w\s]|\s")


def tokenise(text):
    return TOKEN.findall(text)


def key(token):
    """What makes two tokens the same: for a word neither its space nor its capitals; a sign counts as it stands, since
    the space tells an opening quote from a closing one."""
    word = token.strip()
    return word.lower() if len(word) > 1 or word.isalnum() else token
