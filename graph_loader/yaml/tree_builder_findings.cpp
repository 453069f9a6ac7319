// The part of TreeBuilder that tells what is wrong: limits that are broken, and the cause of what the parser noticed
// only later or elsewhere.

#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/limits.h"
#include "graph_loader/yaml/lines.h"
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
    if (key) return causes::missing_colon(halt(Complaint::About::Colon, end), *key);
    key = end;
  }
  return std::nullopt;
}

/// The limit that is broken before `until`.
std::optional<Finding> TreeBuilder::limit_before(std::size_t until) const {
  text_of::Lookahead limits = lookahead();
  text_of::look_ahead(text_, limits, until);
  if (limits.too_deep) return too_deep(*limits.too_deep);
  if (limits.too_many) return too_many_aliases(*limits.too_many, text_of::name_end(text_, *limits.too_many));
  if (limits.too_full) return too_many_values(*limits.too_full, *limits.too_full + 1);
  return std::nullopt;
}

std::optional<Finding> TreeBuilder::open_end() const {
  text_of::Lookahead to_the_end = lookahead();
  to_the_end.max_depth = to_the_end.max_aliases = to_the_end.max_values = text_.size() + max_values;
  text_of::look_ahead(text_, to_the_end, text_.size());
  if (!to_the_end.never_ends) return std::nullopt;
  if (auto limit = limit_before(text_.size())) return limit;
  Halt end = halt(Complaint::About::Else, text_.size());
  end.endless = true;
  if (auto cause = causes::find_open_end(end)) return cause;
  const std::size_t begin = *to_the_end.never_ends;
  const bool bracket = letter(begin) == '[' || letter(begin) == '{';
  return Finding{codes::not_yaml, begin, begin + 1,
                 std::string("the ") + (bracket ? "bracket" : "quote") + " that opens here is never closed"};
}

Finding TreeBuilder::cause_of(Finding finding) const {
  if (finding.code != codes::not_yaml) return finding;
  if (auto cause = open_end()) return std::move(*cause);
  if (auto limit = limit_before(finding.begin)) return std::move(*limit);
  return finding;
}

std::optional<Halt::Level> TreeBuilder::level() const {
  const Frame* frame = frames_.empty() ? nullptr : &frames_.back();
  if (frame == nullptr || frame->is_flow()) return std::nullopt;
  Halt::Level level;
  level.sequence = frame->is_sequence();
  level.column = frame->column;
  level.waits_for_value = frame->expects_value();
  if (level.sequence) {
    if (frame->count > 0) level.value = items_.back();
    return level;
  }
  level.key = frame->key;
  std::size_t done = frame->count;  // entries in front of the one that has the last key
  if (frame->key == nullptr && done > 0) {
    level.key = entries_.back().key;
    level.value = entries_.back().value;
    --done;
  }
  if (done == 0) return level;
  const Entry& before = entries_[frame->first_child + done - 1];
  // The value of an alias stands elsewhere.
  const bool here =
      before.value->where.begin > before.key->where.begin && before.value->where.end <= level.key->where.begin;
  if (here) level.before = before.value;
  return level;
}

Halt TreeBuilder::halt(Complaint::About about, std::size_t place) const {
  Halt halt{.file = file_, .text = text_};
  halt.begin = begin_;
  halt.understood = at_;
  halt.place = std::min(place, text_.size());
  halt.about = about;
  const auto flow = std::find_if(frames_.begin(), frames_.end(), [](const Frame& one) { return one.is_flow(); });
  halt.in_brackets = flow != frames_.end();
  if (halt.in_brackets) halt.understood = flow->node->where.begin;
  halt.level = level();
  if (last_end_ > last_begin_) halt.last = span(last_begin_, last_end_);
  return halt;
}

Finding TreeBuilder::cause_of(const Complaint& complaint) const {
  using About = Complaint::About;
  const std::size_t place = std::min(complaint.at.value_or(at_), text_.size());
  if (auto cause = open_end()) return std::move(*cause);
  if (auto limit = limit_before(place)) return std::move(*limit);
  if (auto cause = causes::find(halt(complaint.about, place))) return std::move(*cause);
  Finding finding{codes::not_yaml, place, std::min(place + 1, text_.size()), std::string(complaint.message),
                  std::string(complaint.help)};
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
