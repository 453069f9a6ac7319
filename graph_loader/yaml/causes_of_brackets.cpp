#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/pieces.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo::causes {

namespace text_of = yaml_text;
using text_of::Piece;

namespace {

char closing(char bracket) { return bracket == '[' ? ']' : '}'; }
std::string in_words(char letter) { return std::string("`") + letter + "`"; }
bool is_quote(char letter) { return letter == '"' || letter == '\''; }

/// The brackets that would close those which are open, the innermost first.
std::string all_closed(const Halt& halt, const std::vector<std::size_t>& open) {
  std::string result;
  for (auto bracket = open.rbegin(); bracket != open.rend(); ++bracket) result += closing(halt.text[*bracket]);
  return result;
}

Finding never_closed(const Halt& halt, std::size_t bracket, std::string_view how) {
  const bool reference = bracket > 0 && halt.letter(bracket - 1) == '$';
  return halt.finding(
      reference ? bracket - 1 : bracket, bracket + 1,
      std::string(reference ? "the `${` that opens here is " : "the bracket that opens here is ") + std::string(how),
      reference ? "close it with `}`, and put it in quotes" : "");
}

/// A bracket that closes one of the other kind.
Finding mismatch(const Halt& halt, const Piece& close, const std::vector<std::size_t>& outer) {
  const std::size_t bracket = *close.partner;
  const char found = halt.text[close.begin];
  const auto around =
      std::find_if(outer.rbegin(), outer.rend(), [&](std::size_t one) { return closing(halt.text[one]) == found; });
  const std::string wanted(1, closing(halt.text[bracket]));
  if (around == outer.rend()) {
    Finding finding =
        halt.finding(close.begin, close.end, in_words(found) + " does not close " + in_words(halt.text[bracket]),
                     "write `" + wanted + "`");
    finding.others.push_back({halt.span(bracket, bracket + 1), "opened here"});
    finding.fixes.push_back(halt.fix("write `" + wanted + "`", Applicability::Maybe, close.begin, close.end, wanted));
    return finding;
  }
  Finding finding = never_closed(halt, bracket, "not closed");
  finding.others.push_back(
      {halt.span(close.begin, close.end), "this closes the `" + std::string(1, halt.text[*around]) + "` around it"});
  std::size_t end = close.begin;
  while (end > bracket + 1 && text_of::is_separation(halt.text[end - 1])) --end;
  if (finding.help.empty()) {
    finding.help = "write `" + wanted + "` in front of " + in_words(found);
    finding.fixes.push_back(halt.fix("insert `" + wanted + "`", Applicability::Maybe, end, end, wanted));
  }
  return finding;
}

Finding closes_nothing(const Halt& halt) {
  const std::string bracket = in_words(halt.text[halt.place]);
  Finding finding = halt.finding(halt.place, halt.place + 1, "this bracket closes nothing",
                                 "remove it: every bracket in front of it is closed");
  finding.fixes.push_back(halt.fix("remove " + bracket, Applicability::Maybe, halt.place, halt.place + 1, ""));
  return finding;
}

/// The first line inside of open brackets that looks like the next key of the mapping around them.
bool begins_outside(const Halt& halt, const Piece& piece, std::size_t outermost) {
  if (piece.kind != Piece::Kind::Plain && piece.kind != Piece::Kind::Quoted) return false;
  if (!text_of::is_first(halt.text, piece.begin)) return false;
  const std::size_t least = text_of::column(halt.text, text_of::content_begin(halt.text, outermost));
  if (text_of::line_begin(halt.text, outermost) == text_of::line_begin(halt.text, piece.begin)) return false;
  if (text_of::column(halt.text, piece.begin) > least) return false;
  return text_of::line_key(halt.text, piece.begin).colon < halt.text.size() || halt.text[piece.begin] == '-';
}

Finding open_at(const Halt& halt, const std::vector<std::size_t>& open, const Piece* next) {
  const std::size_t bracket = open.back();
  Finding finding = never_closed(halt, bracket, "never closed");
  if (next == nullptr) return finding;
  const text_of::LineKey key = text_of::line_key(halt.text, next->begin);
  finding.others.push_back({halt.span(key.begin, key.end), "this stands inside of it"});
  // What is open on one line is closed there.
  const std::size_t end = text_of::content_end(halt.text, open.front());
  if (text_of::skip_separation(halt.text, end) != next->begin || !finding.help.empty()) return finding;
  const std::string missing = all_closed(halt, open);
  finding.help = "write `" + missing + "` at the end of the line";
  finding.fixes.push_back(halt.fix("insert `" + missing + "`", Applicability::Maybe, end, end, missing));
  return finding;
}

}  // namespace

std::optional<Finding> bracket(const Halt& halt) {
  using About = Complaint::About;
  if (!halt.endless && halt.about != About::Close && halt.about != About::Inside) return std::nullopt;
  const std::size_t until = halt.endless ? halt.text.size() : halt.place;
  text_of::Pieces pieces(halt.text, halt.understood);
  for (Piece piece = pieces.next(); piece.begin <= until; piece = pieces.next()) {
    if (piece.kind == Piece::Kind::End) break;
    const std::vector<std::size_t>& open = pieces.open();
    if (!open.empty() && piece.kind != Piece::Kind::Open && begins_outside(halt, piece, open.front())) {
      return open_at(halt, open, &piece);
    }
    if (piece.kind != Piece::Kind::Close) continue;
    if (piece.partner && closing(halt.text[*piece.partner]) != halt.text[piece.begin])
      return mismatch(halt, piece, open);
  }
  if (halt.endless && !pieces.open().empty()) return open_at(halt, pieces.open(), nullptr);
  if (halt.about != About::Close || halt.place >= halt.text.size()) return std::nullopt;
  if (auto finding = bracket_in_key(halt)) return finding;
  return closes_nothing(halt);
}

std::optional<Finding> bracket_in_key(const Halt& halt) {
  using About = Complaint::About;
  const bool behind = halt.about == About::Close || halt.about == About::Key || halt.about == About::Item;
  if (!behind || halt.in_brackets || halt.place >= halt.text.size()) return std::nullopt;
  std::size_t begin = text_of::content_begin(halt.text, halt.place);
  while (halt.letter(begin) == '-' && text_of::is_separation_at(halt.text, begin + 1) && begin < halt.place) {
    begin = text_of::skip_separation(halt.text, begin + 1);
  }
  const text_of::LineKey key = text_of::line_key(halt.text, begin);
  if (key.colon > halt.place || is_quote(halt.letter(begin))) return std::nullopt;
  const std::size_t open = halt.text.substr(0, key.end).find_first_of("[{", begin + 1);
  const bool apart =
      open != std::string_view::npos && (text_of::is_blank(halt.text[open - 1]) || halt.text[open - 1] == ':');
  if (!apart || open < begin + 1) return std::nullopt;
  return missing_colon(halt, begin);
}

std::optional<Finding> no_separator(const Halt& halt) {
  if (halt.about != Complaint::About::Inside || halt.place >= halt.text.size()) return std::nullopt;
  const char found = halt.text[halt.place];
  if (found != '[' && found != '{' && !is_quote(found)) return std::nullopt;
  text_of::Pieces pieces(halt.text, halt.understood);
  Piece before;
  Piece third;
  for (Piece piece = pieces.next(); piece.kind != Piece::Kind::End && piece.begin < halt.place; piece = pieces.next()) {
    third = before;
    before = piece;
  }
  const bool value =
      before.kind == Piece::Kind::Plain || before.kind == Piece::Kind::Quoted || before.kind == Piece::Kind::Close;
  if (!value || before.end >= halt.place) return std::nullopt;
  const bool mapping = third.kind == Piece::Kind::Open && halt.text[third.begin] == '{';
  if (mapping && before.kind == Piece::Kind::Plain) {
    Finding finding = halt.finding(
        before.begin, before.end, std::string(no_colon),
        "write " + text_of::quoted_words(std::string(halt.text.substr(before.begin, before.end - before.begin)) + ":"));
    finding.fixes.push_back(halt.fix("insert `:`", Applicability::Machine, before.end, before.end, ":"));
    return finding;
  }
  Finding finding =
      halt.finding(halt.place, halt.place + 1, "a `,` is missing between two values", "write `,` behind the first");
  finding.others.push_back({halt.span(before.begin, before.end), "the first ends here"});
  finding.fixes.push_back(halt.fix("insert `,`", Applicability::Maybe, before.end, before.end, ","));
  return finding;
}

}  // namespace dynamo::causes
