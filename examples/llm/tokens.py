"""Text to tokens and back. A token is a word or a sign with the space before it, so that joining them gives the text
again. They travel between the programs as they are, not as numbers, so that a person can read what goes by."""
import re

TOKEN = re.compile(r" ?\w+(?:[-'’./:_]\w+)*| ?[^\w\s]|\s")


def tokenise(text):
    return TOKEN.findall(text)


def key(token):
    """What makes two tokens the same: a word neither by its space nor its capitals; a sign as it is, since the space
    tells an opening quote from a closing one."""
    word = token.strip()
    return word.lower() if word[:1].isalnum() else token
