// The part of TreeBuilder that tells what is wrong: limits that are broken, and the cause of what the parser noticed
// only later or elsewhere.

#include "graph_loader/yaml/limits.h"
#include "graph_loader/yaml/tree_builder.h"

#include <algorithm>
#include <string_view>

namespace dynamo {

namespace text_of = yaml_text;

text_of::Lookahead TreeBuilder::lookahead() const {
  text_of::Lookahead state;
  state.at = at_;
  state.outside = frames_.size();
  state.aliases = aliases_;
  state.values = tree_.values;
  const auto first = std::find_if(frames_.begin(), frames_.end(), [](const Frame& one) { return one.is_flow(); });
  if (first != frames_.end()) {
    state.at = first->node->where.begin;
    state.outside = static_cast<std::size_t>(first - frames_.begin());
    state.aliases = first->aliases_before;
    state.values = first->values_before;
  }
  state.depth = state.outside;
  state.max_depth = max_depth;
  state.max_aliases = max_aliases;
  state.max_values = max_values;
  return state;
}

std::optional<Finding> TreeBuilder::broken_limit(std::size_t until) {
  // Started afresh only where the reading has moved on: a long bracket is read once.
  if (ahead_.at < at_ || ahead_.max_depth == 0) ahead_ = lookahead();
  text_of::look_ahead(text_, ahead_, until);
  if (ahead_.too_deep) return too_deep(*ahead_.too_deep);
  if (ahead_.too_many) return too_many_aliases(*ahead_.too_many, text_of::name_end(text_, *ahead_.too_many));
  if (ahead_.too_full) return too_many_values(*ahead_.too_full, *ahead_.too_full + 1);
  constexpr std::size_t patience = 1UL << 20U;
  if (until <= at_ + patience || until < next_look_) return std::nullopt;
  next_look_ = until + (until - at_);  // a long scalar is looked at a few times, not for every piece
  return endless_key(until);
}

/// A limit of the parser: behind a key without a colon it reads to the end of the file before it tells. Two lines that
/// should each have brought an event, and did not, show it.
std::optional<Finding> TreeBuilder::endless_key(std::size_t until) const {
  const Frame* frame = frames_.empty() ? nullptr : &frames_.back();
  if (frame == nullptr || frame->is_flow()) return std::nullopt;
  std::optional<std::size_t> key;
  for (std::size_t end = text_.find('\n', at_); end < until; end = text_.find('\n', end)) {
    const std::size_t line = end + 1;
    end = std::min(text_.find_first_not_of(' ', line), text_.size());
    if (end >= text_.size()) break;
    const bool content = text_[end] != '#' && !text_of::is_line_end(text_[end]);
    if (!content || end - line > frame->column) continue;
    if (key) {
      const std::size_t line_end = std::min(text_.find('\n', *key), text_.size());
      return Finding{
          codes::not_yaml, *key, text_.find_last_not_of(" \t\r", line_end - 1) + 1, std::string(no_colon), {}, {}, {}};
    }
    key = end;
  }
  return std::nullopt;
}

Finding TreeBuilder::cause_of(Finding finding) const {
  if (finding.code != codes::not_yaml) return finding;
  text_of::Lookahead to_the_end = lookahead();
  to_the_end.max_depth = to_the_end.max_aliases = to_the_end.max_values = text_.size() + max_values;
  text_of::look_ahead(text_, to_the_end, text_.size());
  const bool endless = to_the_end.never_ends.has_value();
  text_of::Lookahead limits = lookahead();
  text_of::look_ahead(text_, limits, endless ? text_.size() : finding.begin);
  if (limits.too_deep) return too_deep(*limits.too_deep);
  if (limits.too_many) return too_many_aliases(*limits.too_many, text_of::name_end(text_, *limits.too_many));
  if (limits.too_full) return too_many_values(*limits.too_full, *limits.too_full + 1);
  if (!endless) return finding;
  const std::size_t begin = *to_the_end.never_ends;
  const bool bracket = letter(begin) == '[' || letter(begin) == '{';
  finding.begin = begin;
  finding.end = begin + 1;
  finding.message = std::string("the ") + (bracket ? "bracket" : "quote") + " that opens here is never closed";
  finding.help.clear();
  return finding;
}

/// The commonest slip of all. Such a key swallows the next line, so that the next colon comes as a surprise to the
/// parser; with nothing to swallow, the key itself does.
std::optional<std::size_t> TreeBuilder::key_without_colon(Complaint::About about, std::size_t place) const {
  const Frame* frame = frames_.empty() ? nullptr : &frames_.back();
  if (frame != nullptr && frame->is_flow()) return std::nullopt;
  if (about == Complaint::About::Key && frame != nullptr && frame->count > 0) {
    const bool word =
        place < text_.size() && std::string_view("-,[]{}&*!|>'\"%@`").find(text_[place]) == std::string_view::npos;
    if (word && column(place) == frame->column) return place;
  }
  if (about != Complaint::About::Colon) return std::nullopt;
  std::size_t key = text_of::skip_separation(text_, at_);
  const bool indicator = frame != nullptr && !frame->expects_key() && (letter(key) == ':' || letter(key) == '-');
  if (indicator) key = text_of::skip_separation(text_, key + 1);
  if (key < place && text_.find('\n', key) < place) return key;
  return std::nullopt;
}

Finding TreeBuilder::explain(const Complaint& complaint) const {
  using About = Complaint::About;
  const std::size_t place = std::min(complaint.at.value_or(at_), text_.size());
  Finding finding{codes::not_yaml,
                  place,
                  std::min(place + 1, text_.size()),
                  std::string(complaint.message),
                  std::string(complaint.help),
                  {},
                  {}};
  if (const auto key = key_without_colon(complaint.about, place)) {
    const std::size_t line_end = std::min(text_.find('\n', *key), text_.size());
    const std::size_t comment = std::min(text_.substr(0, line_end).find(" #", *key), line_end);
    finding.begin = *key;
    finding.end = text_.find_last_not_of(" \t\r", comment - 1) + 1;
    finding.message = no_colon;
    finding.help.clear();
  }
  if (complaint.about == About::Item && anchored_text_ && letter(place) != '-') {
    // A limit of the parser.
    finding.message = "text behind an anchor must stand on one line in a list";
    finding.help = "put the anchor on a line of its own, above the text";
  }
  if (complaint.about == About::Escape && place > 0) {
    finding.begin = std::min(text_.rfind('\\', place - 1), place);
    finding.end = place;
  }
  return finding;
}

}  // namespace dynamo
