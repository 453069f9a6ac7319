#pragma once
// How many columns a terminal gives to a character. libc's wcwidth() would need a UTF-8 locale, which a bare
// machine does not have.

namespace dynamo {

/// 2 for East Asian wide characters and emoji, 0 for combining and joining ones, else 1.
int character_width(char32_t point);

}  // namespace dynamo
