#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/pieces.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo::causes {

namespace text_of = yaml_text;

namespace {

bool is_quote(char letter) { return letter == '"' || letter == '\''; }
bool is_one_of(char letter, std::string_view letters) { return letters.find(letter) != std::string_view::npos; }

/// The first colon of the line that nothing separates from what stands behind it: `command:[a]`, and no `http://`.
std::optional<std::size_t> tight_colon(const Halt& halt, std::size_t key, std::size_t end) {
  const std::size_t colon = halt.text.substr(0, end).find_first_of(": \t[{\"',", key + 1);
  if (colon == std::string_view::npos || halt.text[colon] != ':') return std::nullopt;
  const char next = halt.letter(colon + 1);
  if (colon + 1 >= end || is_one_of(next, "/:,]}&*!|>%@`?#") || text_of::is_blank(next)) return std::nullopt;
  return colon;
}

/// `key`: where the word in front of the colon begins.
Finding blank_behind(const Halt& halt, std::size_t key, std::size_t colon) {
  const std::size_t end = halt.in_brackets ? colon + 1 : text_of::content_end(halt.text, colon);
  const std::string meant = std::string(halt.text.substr(key, colon + 1 - key)) + " " +
                            std::string(halt.text.substr(colon + 1, end - colon - 1));
  Finding finding =
      halt.finding(colon, colon + 1, "a blank must follow this `:`", "write " + text_of::quoted_words(meant));
  finding.fixes.push_back(halt.fix("insert a blank", Applicability::Machine, colon + 1, colon + 1, " "));
  return finding;
}

/// `-python3` and the lines below it at the same column. `-m` may be meant as an option.
Finding blank_behind_dashes(const Halt& halt, std::size_t dash) {
  const auto words_at = [&](std::size_t at) {
    return std::string(halt.text.substr(at, text_of::content_end(halt.text, at) - at));
  };
  Finding finding = halt.finding(dash, dash + 1, "a blank must follow this `-`",
                                 "write " + text_of::quoted_words("- " + words_at(dash + 1)));
  Fix fix{"insert a blank", Applicability::Machine, {}};
  constexpr std::size_t most = 1000;
  const std::size_t column = text_of::column(halt.text, dash);
  for (std::size_t at = dash; at < halt.text.size() && fix.edits.size() < most;) {
    if (text_of::is_separation_at(halt.text, at + 2)) fix.applicability = Applicability::Maybe;
    fix.edits.push_back({halt.span(at + 1, at + 1), " "});
    at = text_of::content_begin(halt.text, text_of::next_line(halt.text, at));
    const bool item =
        halt.letter(at) == '-' && !text_of::is_separation_at(halt.text, at + 1) && halt.letter(at + 1) != '-';
    if (!item || text_of::column(halt.text, at) != column) break;
  }
  if (text_of::is_separation_at(halt.text, dash + 2))
    finding.help += ", or " + text_of::quoted_words("- " + words_at(dash));
  if (fix.edits.size() > 1) fix.title = "insert a blank behind each `-`";
  finding.fixes.push_back(std::move(fix));
  return finding;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
                              std::string_view::npos;
}

/// Whether the next line that holds something is indented more.
bool has_lines_below(const Halt& halt, std::size_t key) {
  std::size_t line = text_of::next_line(halt.text, key);
  while (line < halt.text.size() && text_of::is_blank_line(halt.text, line)) line = text_of::next_line(halt.text, line);
  return line < halt.text.size() &&
         text_of::column(halt.text, text_of::content_begin(halt.text, line)) > text_of::column(halt.text, key);
}

/// Whether `words` end with a bracket that closes none of theirs: `a: b: c}`.
bool ends_unopened(std::string_view words) {
  text_of::Pieces pieces(words, 0);
  for (text_of::Piece piece = pieces.next(); piece.kind != text_of::Piece::Kind::End; piece = pieces.next()) {
    if (piece.kind != text_of::Piece::Kind::Close || piece.partner) continue;
    return piece.end == words.size();
  }
  return false;
}

Finding never_opened(const Halt& halt, std::size_t begin, std::size_t end) {
  const std::string open = halt.text[end - 1] == ']' ? "[" : "{";
  Finding finding =
      halt.finding(end - 1, end, "this bracket is never opened", "write `" + open + "` where it should open");
  finding.others.push_back({halt.span(begin, begin + 1), "perhaps here"});
  finding.fixes.push_back(halt.fix("insert `" + open + "`", Applicability::Maybe, begin, begin, open));
  return finding;
}

/// Where a key must be that the parser did not find, if that is the reason: it swallows the next line, so that the next
/// colon comes as a surprise to the parser; with nothing to swallow, the key itself does.
std::optional<std::size_t> place_of_key(const Halt& halt) {
  using About = Complaint::About;
  if (halt.in_brackets || halt.place >= halt.text.size()) return std::nullopt;
  if (halt.about == About::Key && halt.level && halt.level->key != nullptr) {
    const bool word = !is_one_of(halt.letter(halt.place), ",[]{}&*!|>'\"%@`");
    const bool dash = halt.letter(halt.place) == '-' && text_of::is_separation_at(halt.text, halt.place + 1);
    if (word && !dash && text_of::is_first(halt.text, halt.place) &&
        text_of::column(halt.text, halt.place) == halt.level->column) {
      return halt.place;
    }
  }
  if (halt.about != About::Colon) return std::nullopt;
  std::size_t key = text_of::skip_separation(halt.text, halt.understood);
  const bool value = halt.level && (halt.level->sequence || halt.level->waits_for_value);
  if (value && is_one_of(halt.letter(key), ":-")) key = text_of::skip_separation(halt.text, key + 1);
  if (key < halt.place && halt.text.find('\n', key) < halt.place) return key;
  return std::nullopt;
}

}  // namespace

std::optional<Finding> no_blank(const Halt& halt) {
  const std::size_t place = halt.place;
  if (halt.about != Complaint::About::Inside || place == 0 || halt.letter(place - 1) != ':') return std::nullopt;
  if (!is_one_of(halt.letter(place), "[{") && !is_quote(halt.letter(place))) return std::nullopt;
  return blank_behind(halt, halt.text.substr(0, place).find_last_of(" \t,[{\n", place - 1) + 1, place - 1);
}

std::optional<Finding> mapping_behind_key(const Halt& halt) {
  if (halt.about != Complaint::About::Colon || halt.in_brackets || !halt.last || !halt.level) return std::nullopt;
  const Node* key = halt.level->key;
  const bool same_line = halt.last.end <= halt.place && text_of::line_end(halt.text, halt.last.begin) >= halt.place &&
                         text_of::skip_separation(halt.text, halt.last.end) == halt.place;
  if (key == nullptr || !same_line || key->where.begin >= halt.last.begin) return std::nullopt;
  const std::size_t begin = halt.last.begin;
  const std::size_t end = std::max<std::size_t>(text_of::content_end(halt.text, begin), halt.place + 1);
  const std::string_view words = halt.text.substr(begin, end - begin);
  if (ends_unopened(words)) return never_opened(halt, begin, end);
  const std::string name = text_of::quoted_words(key->where.text());
  Finding finding = halt.finding(begin, halt.place + 1, "a mapping cannot begin on the line of its key " + name);
  // Several words behind the second colon are a sentence; one is a value.
  std::string_view rest = words.substr(halt.place + 1 - begin);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const bool flow = !rest.empty() && is_one_of(rest.front(), "[{\"'");
  const bool sentence = !flow && rest.find(' ') != std::string_view::npos;
  const bool alone = !has_lines_below(halt, key->where.begin);
  const bool fits = alone && !rest.empty() && (flow || rest.find_first_of(",[]{}") == std::string_view::npos);
  const std::string braces = "{" + std::string(words) + "}";
  const std::string quoted = text_of::in_quotes(words);
  const Fix as_text = halt.fix("put it in quotes", Applicability::Maybe, begin, end, quoted);
  if (sentence) {
    finding.help = "text that holds `: ` needs quotes: write " + text_of::quoted_words(quoted);
    if (alone) finding.fixes.push_back(as_text);
    return finding;
  }
  finding.help = "put it on a line of its own below " + name;
  if (fits) {
    finding.help = "write " + text_of::quoted_words(std::string(key->where.text()) + ": " + braces) +
                   ", or put it on a line of its own";
    finding.fixes.push_back(halt.fix("put it in braces", Applicability::Maybe, begin, end, braces));
  }
  finding.help += "; text that holds `: ` needs quotes";
  if (alone && !flow) finding.fixes.push_back(as_text);
  return finding;
}

Finding missing_colon(const Halt& halt, std::size_t key) {
  const std::size_t end = std::max(text_of::content_end(halt.text, key), key + 1);
  const std::string_view line = halt.text.substr(key, end - key);
  if (line.front() == '-' && line.size() > 1 && !is_one_of(line[1], "- \t")) return blank_behind_dashes(halt, key);
  if (const auto colon = tight_colon(halt, key, end)) return blank_behind(halt, key, *colon);
  Finding finding = halt.finding(key, end, std::string(no_colon));
  const std::size_t word = std::min(line.find_first_of(" \t"), line.size());
  const std::size_t value = line.find_first_not_of(" \t", word);
  const std::string_view name = line.substr(0, word);
  const auto insert = [&](Applicability applicability) {
    finding.help = "write " + text_of::quoted_words(std::string(name) + ":");
    finding.end = key + word;
    finding.fixes.push_back(halt.fix("insert `:`", applicability, key + word, key + word, ":"));
  };
  const std::size_t equals = name.find('=');
  if (equals != std::string_view::npos && equals + 1 < name.size() && is_name(name.substr(0, equals))) {
    const std::string meant = std::string(name.substr(0, equals)) + ": ";
    finding.help = "write " + text_of::quoted_words(meant + std::string(line.substr(equals + 1)));
    finding.fixes.push_back(halt.fix("write `: `", Applicability::Maybe, key + equals, key + equals + 1, ": "));
  } else if (equals != std::string_view::npos && equals + 1 == name.size() && value != std::string_view::npos &&
             is_name(name.substr(0, equals))) {
    finding.help = "write " + text_of::quoted_words(std::string(name.substr(0, equals)) + ":");
    finding.fixes.push_back(halt.fix("write `:`", Applicability::Maybe, key + equals, key + equals + 1, ":"));
  } else if (!is_name(name)) {
    return finding;
  } else if (value == std::string_view::npos) {
    insert(has_lines_below(halt, key) ? Applicability::Machine : Applicability::Maybe);
  } else if (is_one_of(line[value], "[{") || is_quote(line[value])) {
    insert(Applicability::Machine);
  } else if (line.find_first_of(" \t", value) == std::string_view::npos) {
    insert(Applicability::Maybe);
  }
  return finding;
}

std::optional<Finding> key_without_colon(const Halt& halt) {
  const auto key = place_of_key(halt);
  return key ? std::optional(missing_colon(halt, *key)) : std::nullopt;
}

}  // namespace dynamo::causes
