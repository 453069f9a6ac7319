// `dynamo_fuzz --dictionary` prints the words of the language for libFuzzer, from the grammar's own table.

#include "graph_loader/spec/grammar.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string_view>

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments);

namespace {

void add_words(const dynamo::grammar::Value& value, std::set<std::string_view>& words) {
  words.insert(value.words.begin(), value.words.end());
  if (value.item != nullptr) add_words(*value.item, words);
  for (const auto& choice : value.choices) add_words(choice, words);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  if (*count < 2 || std::strcmp((*arguments)[1], "--dictionary") != 0) return 0;
  std::set<std::string_view> words = {
      "%% ",       "${params.", "${graph.", "${env.", "${self.",      "${clients.", "${self.port.", ":-",
      ":?",        "optional ", "many ",    "Any",    "none",         "->",         "stream ",      "int",
      "string = ", "enum(a|b)", "duration", "size",   "<<: ",         "&a ",        "*a",           "!!str ",
      "---",       "...",       "|-",       ">+",     "x-",           "://",        "..",           "30s",
      "4Gi",       "auto",      "null",     "true",   "\xEF\xBB\xBF", "\xC2\x85"};
  for (const auto* mapping : dynamo::grammar::mappings()) {
    for (const auto& key : mapping->keys) {
      words.insert(key.name);
      add_words(key.value, words);
    }
  }
  for (const std::string_view word : words) {
    std::putchar('"');
    for (const char letter : word) {
      const auto byte = static_cast<unsigned char>(letter);
      const bool plain = byte >= 0x20 && byte < 0x7F && letter != '"' && letter != '\\';
      plain ? std::printf("%c", letter) : std::printf("\\x%02X", byte);
    }
    std::puts("\"");
  }
  std::exit(0);
}
