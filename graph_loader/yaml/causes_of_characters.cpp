#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/lookalikes.h"
#include "graph_loader/yaml/pieces.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace dynamo::causes {

namespace text_of = yaml_text;
using text_of::Piece;

namespace {

constexpr std::string_view indicators = ":,[]{}-";

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char letter) {
    return letter == '_' || letter == '-' || letter == '.' || (letter >= '0' && letter <= '9') ||
           ((letter | 0x20U) >= 'a' && (letter | 0x20U) <= 'z');
  });
}

bool is_ascii(char letter) { return static_cast<unsigned char>(letter) < 0x80; }

/// Whether the last character of the line is the other one of a pair of quotes.
bool closes_at_the_end(const Halt& halt, const Lookalike& found) {
  const std::string_view text = halt.text.substr(0, text_of::content_end(halt.text, found.begin));
  std::optional<Lookalike> last =
      find_lookalike(text, std::max(found.end, text.size() - std::min<std::size_t>(text.size(), 3)));
  return last && last->end == text.size() && last->like == found.like;
}

/// Whether the parser would have understood what the character looks like.
bool matters(const Halt& halt, const Lookalike& found) {
  const std::size_t content = text_of::content_begin(halt.text, found.begin);
  const bool first = found.begin == content;
  const char before = found.begin > content ? halt.letter(found.begin - 1) : '\0';
  switch (found.kind) {
    case Lookalike::Kind::Invisible: return is_ascii(before) && is_ascii(halt.letter(found.end));
    case Lookalike::Kind::Letter: return false;
    case Lookalike::Kind::Blank:
      return first || indicators.find(before) != std::string_view::npos ||
             indicators.find(halt.letter(found.end)) != std::string_view::npos;
    case Lookalike::Kind::Mark: break;
  }
  if (found.begin == halt.place) return true;
  if (found.like == ":") {
    const std::size_t bracket = halt.text.substr(0, found.begin).find_last_of("[{, \n");
    return is_word(halt.text.substr(bracket + 1, found.begin - bracket - 1)) &&
           (halt.in_brackets || bracket == std::string_view::npos || bracket < content);
  }
  const bool starts = first || text_of::is_blank(before) || indicators.find(before) != std::string_view::npos;
  if (found.like == "[" || found.like == "{") return starts;
  return starts && (found.like == "\"" || found.like == "'") && closes_at_the_end(halt, found);
}

/// Where a plain text, outside of quotes and comments, holds one that matters.
std::optional<Lookalike> lookalike_on_line(const Halt& halt, std::size_t line) {
  const std::size_t content = text_of::content_begin(halt.text, line);
  const std::string_view text = halt.text.substr(0, text_of::content_end(halt.text, content));
  auto found = find_lookalike(text, content);
  for (int patience = 100; found && patience > 0; --patience, found = find_lookalike(text, found->end)) {
    if (matters(halt, *found)) return found;
  }
  return std::nullopt;
}

/// All of them that stand side by side, and the other one of a pair of quotes.
Fix written_in_ascii(const Halt& halt, const Lookalike& first) {
  std::string title = first.like.empty() ? "remove it" : "write `" + std::string(first.like) + "`";
  Fix fix{std::move(title), Applicability::Machine, {}};
  const bool quotes = first.like == "\"" || first.like == "'";
  const std::string_view line = halt.text.substr(0, text_of::line_end(halt.text, first.begin));
  std::size_t end = first.begin;
  for (std::optional<Lookalike> next = first; next; next = find_lookalike(line, next->end)) {
    if (!(quotes ? next->like == first.like : next->begin == end && next->like == first.like)) continue;
    end = next->end;
    std::string like(next->like);
    const bool separates = like == ":" || like == ",";
    if (separates && !text_of::is_separation_at(halt.text, end)) like += ' ';
    fix.edits.push_back({halt.span(next->begin, end), std::move(like)});
  }
  if (first.kind == Lookalike::Kind::Blank) fix.title = "write blanks";
  if (quotes) fix.applicability = Applicability::Maybe;
  return fix;
}

/// The piece of text that `at` stands in.
Piece piece_at(const Halt& halt, std::size_t at) {
  text_of::Pieces pieces(halt.text, halt.understood);
  Piece piece = pieces.next();
  while (piece.kind != Piece::Kind::End && piece.end <= at) piece = pieces.next();
  return piece;
}

}  // namespace

std::optional<Finding> lookalike(const Halt& halt) {
  std::optional<Lookalike> found = lookalike_on_line(halt, halt.place);
  if (!found && halt.place >= halt.text.size()) return std::nullopt;
  const std::size_t first = std::min(text_of::skip_separation(halt.text, halt.understood), halt.place);
  // A key whose colon is none swallows the next line.
  for (std::size_t line = first; !found && halt.about != Complaint::About::Escape && line < halt.place;
       line = text_of::next_line(halt.text, line)) {
    found = lookalike_on_line(halt, line);
    if (halt.in_brackets) break;
  }
  if (!found) return std::nullopt;
  // The mark of ASCII would be as wrong.
  if (found->like == ";") found->like = {};
  Finding finding = halt.finding(found->begin, found->end, found->words());
  finding.help = found->like.empty()
                     ? "remove it"
                     : "write " + (found->like == " " ? "a blank" : "`" + std::string(found->like) + "`");
  finding.fixes.push_back(written_in_ascii(halt, *found));
  return finding;
}

std::optional<Finding> bad_start(const Halt& halt) {
  if (halt.about != Complaint::About::Start || halt.place >= halt.text.size()) return std::nullopt;
  // Where a name is missing, the parser stands behind the indicator.
  const bool behind = halt.place > 0 && (halt.letter(halt.place) != '*') &&
                      std::string_view("*&").find(halt.letter(halt.place - 1)) != std::string_view::npos;
  const std::size_t begin = behind ? halt.place - 1 : halt.place;
  const Piece piece = piece_at(halt, begin);
  if (piece.kind != Piece::Kind::Plain || piece.begin != begin) return std::nullopt;
  const std::string_view words = halt.text.substr(begin, piece.end - begin);
  const char first = words.front();
  const bool alias = first == '*';
  const bool anchor = first == '&';
  std::string message =
      "a value cannot begin with " + (first == '`' ? "a backtick" : "`" + std::string(1, first) + "`");
  if (alias || anchor) message = std::string("expected a name behind `") + first + "`";
  if (alias && !behind) message = "no anchor of this name stands before the alias " + text_of::quoted_words(words);
  Finding finding = halt.finding(begin, piece.end, std::move(message));
  const std::string quoted = text_of::in_quotes(words);
  finding.help =
      (alias || anchor ? "put it in quotes if it is text: " : "put it in quotes: ") + text_of::quoted_words(quoted);
  // In front of a key it is rather a slip.
  const bool certain = !alias && !anchor && !text_of::is_first(halt.text, begin);
  finding.fixes.push_back(
      halt.fix("put it in quotes", certain ? Applicability::Machine : Applicability::Maybe, begin, piece.end, quoted));
  return finding;
}

std::optional<Finding> braces_in_text(const Halt& halt) {
  if (halt.about != Complaint::About::Inside || halt.letter(halt.place) != '{') return std::nullopt;
  std::optional<Finding> finding;
  Fix fix{"put it in quotes", Applicability::Machine, {}};
  constexpr std::size_t most = 1000;
  // All of them at once: each is a mistake that cannot be anything else.
  text_of::Pieces pieces(halt.text, halt.understood);
  for (Piece piece = pieces.next(); piece.kind != Piece::Kind::End; piece = pieces.next()) {
    if (piece.begin > halt.place && !finding) return std::nullopt;
    if (!piece.brace) continue;
    const std::string quoted = text_of::in_quotes(halt.text.substr(piece.begin, piece.end - piece.begin));
    if (*piece.brace == halt.place) {
      const bool reference = halt.letter(halt.place - 1) == '$';
      finding = halt.finding(reference ? halt.place - 1 : piece.begin,
                             reference ? halt.text.find('}', halt.place) + 1 : piece.end,
                             reference ? "a reference needs quotes inside `[ ]` and `{ }`"
                                       : "text that holds a brace needs quotes inside `[ ]` and `{ }`",
                             "write " + text_of::quoted_words(quoted));
    }
    fix.edits.push_back({halt.span(piece.begin, piece.end), quoted});
    if (fix.edits.size() > most) return finding;
  }
  if (finding) {
    if (fix.edits.size() > 1) fix.title = "put all of them in quotes";
    finding->fixes.push_back(std::move(fix));
  }
  return finding;
}

}  // namespace dynamo::causes
