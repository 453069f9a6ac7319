#!/usr/bin/env python3
"""Writes tiny-model/: what Dynamo wants to know of a model before it serves it, and not a single weight.

    python3 tiny_model.py FOLDER

The mocker draws its tokens from the numbers 1000 to 1999, so those are syllables that can be read, and everything else
is one byte a token. A real model's folder has the same files.
"""
import itertools, json, sys
from pathlib import Path

SPECIAL = {"<|end|>": 256, "<|system|>": 257, "<|user|>": 258, "<|assistant|>": 259}
FIRST_SYLLABLE = 1000
CONTEXT = 4096


def byte_letters():
    """The letter that stands for each byte in a byte-level vocabulary: itself if it can be printed."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spare = itertools.count(256)
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def syllables():
    """A thousand words of two syllables, each with the blank before it (which is written `Ġ`)."""
    return ["Ġ" + "".join(letters) for letters in itertools.product("bdfklmnrst", "aeiou", "lmnr", "aeiou")]


def files():
    vocabulary = {letter: number for number, letter in enumerate(byte_letters())}
    vocabulary |= SPECIAL  # else the library would number them anew, after all others
    vocabulary |= {word: FIRST_SYLLABLE + number for number, word in enumerate(syllables())}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    end = SPECIAL["<|end|>"]
    return {
        "config.json": {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
            "vocab_size": FIRST_SYLLABLE + len(syllables()), "hidden_size": 64, "intermediate_size": 128,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4, "head_dim": 16,
            "max_position_embeddings": CONTEXT, "bos_token_id": end, "eos_token_id": end},
        "tokenizer.json": {
            "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "post_processor": None,
            "added_tokens": [{"id": number, "content": text, **special} for text, number in SPECIAL.items()],
            "pre_tokenizer": byte_level, "decoder": byte_level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "vocab": vocabulary, "merges": []}},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": CONTEXT,
            "bos_token": "<|end|>", "eos_token": "<|end|>",
            "chat_template": "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>"
                             "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"}}


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(Path(sys.argv[1]))
