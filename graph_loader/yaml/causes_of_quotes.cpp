#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/pieces.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo::causes {

namespace text_of = yaml_text;
using text_of::Piece;

namespace {

bool is_quote(char letter) { return letter == '"' || letter == '\''; }
bool is_one_of(char letter, std::string_view letters) { return letters.find(letter) != std::string_view::npos; }

/// A text in quotes. `closed`: by the quote in front of `end`.
struct Quoted {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool closed = true;
  bool in_brackets = false;
};

bool spans_lines(const Halt& halt, const Quoted& quoted) {
  return halt.text.substr(quoted.begin, quoted.end - quoted.begin).find('\n') != std::string_view::npos;
}

/// Whether something stands at the closing quote that cannot: then it was to open another text.
bool is_glued(const Halt& halt, const Quoted& quoted) {
  return !text_of::is_separation_at(halt.text, quoted.end) && !is_one_of(halt.letter(quoted.end), ",]}:#");
}

/// The text in quotes that ends last in front of the place, on its line or the lines above; and, before that one, any
/// that closes where another should open.
std::optional<Quoted> last_quoted(const Halt& halt) {
  std::optional<Quoted> last;
  if (halt.last && is_quote(halt.letter(halt.last.begin)) && halt.last.end <= halt.place) {
    last = Quoted{halt.last.begin, halt.last.end, true, halt.in_brackets};
    if (spans_lines(halt, *last) && is_glued(halt, *last)) return last;
  }
  text_of::Pieces pieces(halt.text, halt.understood);
  const std::size_t until = halt.endless ? halt.text.size() : halt.place;
  for (Piece piece = pieces.next(); piece.kind != Piece::Kind::End && piece.begin <= until; piece = pieces.next()) {
    if (piece.kind != Piece::Kind::Quoted || (piece.closed && piece.end > until)) continue;
    last = Quoted{piece.begin, piece.end, piece.closed, !pieces.open().empty()};
    if (!piece.closed || (spans_lines(halt, *last) && is_glued(halt, *last))) break;
  }
  return last;
}

/// In front of the brackets and commas at the end of the line.
std::size_t likely_end(const Halt& halt, const Quoted& quoted) {
  std::size_t end = text_of::line_end(halt.text, quoted.begin);
  const std::string_view outside = quoted.in_brackets ? " \t,]}" : " \t";
  while (end > quoted.begin + 1 && is_one_of(halt.text[end - 1], outside)) --end;
  return end;
}

/// The text with the quotes in the middle of it written as YAML wants them.
std::string with_inner_quotes(std::string_view words) {
  const char quote = words.front();
  std::string result(1, quote);
  for (std::size_t at = 1; at + 1 < words.size(); ++at) {
    if (quote == '"' && words[at] == '\\') {
      result += words[at++];
    } else if (words[at] == quote) {
      result += quote == '"' ? '\\' : '\'';
    }
    result += words[at];
  }
  return result + quote;
}

/// Behind all that was meant to be the text: its last quote, or what ends a value.
std::size_t end_of_meant(const Halt& halt, const Quoted& quoted) {
  const char quote = halt.text[quoted.begin];
  const std::size_t line = text_of::line_end(halt.text, quoted.begin);
  std::optional<std::size_t> last;
  for (std::size_t at = quoted.end; at < line; ++at) {
    const bool comment = halt.text[at] == '#' && text_of::is_blank(halt.text[at - 1]);
    if (comment || (quoted.in_brackets && !last && is_one_of(halt.text[at], ",]}"))) break;
    if (halt.text[at] != quote) continue;
    const std::size_t next = text_of::skip_separation(halt.text.substr(0, line), at + 1);
    if (next >= line || (quoted.in_brackets && is_one_of(halt.text[next], ",]}"))) {
      last = at + 1;
      break;
    }
  }
  if (last) return *last;
  std::size_t end = quoted.end;
  for (std::size_t at = quoted.end; at < line; ++at) {
    const char letter = halt.text[at];
    if ((quoted.in_brackets && is_one_of(letter, ",]}")) || (letter == '#' && text_of::is_blank(halt.text[at - 1])))
      break;
    if (!text_of::is_blank(letter)) end = at + 1;
  }
  return end;
}

Finding never_closed(const Halt& halt, const Quoted& quoted) {
  Finding finding = halt.finding(quoted.begin, quoted.begin + 1,
                                 quoted.closed ? "the quote that opens here is not closed on its line"
                                               : "the quote that opens here is never closed",
                                 "close it where the text ends");
  if (quoted.closed) finding.others.push_back({halt.span(quoted.end - 1, quoted.end), "so this one closes it"});
  const std::size_t end = likely_end(halt, quoted);
  if (end > quoted.begin + 1) {
    finding.fixes.push_back(halt.fix("close the quotes at the end of the line", Applicability::Maybe, end, end,
                                     std::string(1, halt.text[quoted.begin])));
  }
  return finding;
}

/// The text that the parser was in when it came to the end of the document.
std::optional<Finding> over_the_end(const Halt& halt) {
  text_of::Pieces pieces(halt.text, halt.understood);
  Piece piece = pieces.next();
  while (piece.kind != Piece::Kind::End && (piece.kind != Piece::Kind::Quoted || piece.end <= halt.place))
    piece = pieces.next();
  if (piece.kind == Piece::Kind::End || piece.begin > halt.place) return std::nullopt;
  const Quoted quoted{piece.begin, piece.end, false, !pieces.open().empty()};
  Finding finding = never_closed(halt, quoted);
  if (halt.place < halt.text.size()) {
    finding.message = "the quote that opens here is not closed before the document ends";
    finding.fixes.clear();
    finding.others.push_back(
        {halt.span(halt.place, std::min(halt.place + 3, halt.text.size())), "a document ends here"});
  }
  return finding;
}

/// `["a, "b"]`: the quote in front of the b was to open a text.
std::optional<Finding> opens_another(const Halt& halt, const Quoted& quoted) {
  const std::string_view inside = halt.text.substr(quoted.begin + 1, quoted.end - quoted.begin - 2);
  if (inside.empty() || !is_one_of(inside.back(), " ,[{")) return std::nullopt;
  const char quote = halt.text[quoted.begin];
  const std::string_view rest = halt.text.substr(quoted.end, text_of::line_end(halt.text, quoted.end) - quoted.end);
  if (std::count(rest.begin(), rest.end(), quote) % 2 == 0) return std::nullopt;
  const std::size_t comma = std::min(inside.find(','), inside.find_last_not_of(" [{") + 1);
  const std::size_t end = quoted.begin + 1 + comma;
  Finding finding =
      halt.finding(quoted.begin, quoted.begin + 1, "the quote that opens here is not closed before the next text",
                   "close it where the text ends");
  finding.others.push_back({halt.span(quoted.end - 1, quoted.end), "so this one closes it"});
  if (comma > 0) {
    finding.fixes.push_back(halt.fix("close the quotes", Applicability::Maybe, end, end, std::string(1, quote)));
  }
  return finding;
}

}  // namespace

std::optional<Finding> open_quote(const Halt& halt) {
  if (halt.about == Complaint::About::Escape) return std::nullopt;
  if (halt.about == Complaint::About::Quote) return over_the_end(halt);
  const std::optional<Quoted> quoted = last_quoted(halt);
  if (!quoted || (quoted->closed && !(spans_lines(halt, *quoted) && is_glued(halt, *quoted)))) return std::nullopt;
  return never_closed(halt, *quoted);
}

std::optional<Finding> text_behind_quotes(const Halt& halt) {
  using About = Complaint::About;
  if (halt.about != About::Key && halt.about != About::Item && halt.about != About::Inside) return std::nullopt;
  const std::optional<Quoted> quoted = last_quoted(halt);
  if (!quoted || text_of::line_end(halt.text, quoted->end) < halt.place) return std::nullopt;
  if (text_of::skip_separation(halt.text, quoted->end) != halt.place || halt.place >= halt.text.size())
    return std::nullopt;
  if (is_one_of(halt.text[halt.place], ",;[{")) return std::nullopt;
  const bool glued = quoted->end == halt.place;
  if (glued) {
    if (auto finding = opens_another(halt, *quoted)) return finding;
  } else if (is_quote(halt.text[halt.place]) || text_of::line_key(halt.text, halt.place).colon < halt.text.size()) {
    return std::nullopt;
  }
  const std::size_t end = end_of_meant(halt, *quoted);
  const std::string_view words = halt.text.substr(quoted->begin, end - quoted->begin);
  const char quote = words.front();
  Finding finding = halt.finding(halt.place, end, "text stands behind the quote that closes");
  finding.others.push_back({halt.span(quoted->begin, quoted->end), "the text is only this"});
  std::string meant;
  if (words.back() == quote && end > quoted->end) {
    meant = with_inner_quotes(words);
    finding.help = std::string("write ") +
                   (quote == '"' ? "`\\\"` for a quote inside double" : "`''` for a quote inside single") + " quotes: ";
  } else if (words.find(quote, quoted->end - quoted->begin) == std::string_view::npos &&
             words.find('\\') == std::string_view::npos) {
    meant = words.substr(0, quoted->end - quoted->begin - 1);
    meant += words.substr(quoted->end - quoted->begin);
    meant += quote;
    finding.help = "put all of the text in quotes: ";
  } else {
    finding.help = "put all of the text in quotes";
    return finding;
  }
  finding.help += text_of::quoted_words(meant);
  finding.fixes.push_back(
      halt.fix("write " + text_of::quoted_words(meant), Applicability::Maybe, quoted->begin, end, meant));
  return finding;
}

}  // namespace dynamo::causes
