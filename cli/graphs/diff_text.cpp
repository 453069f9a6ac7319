#include "cli/graphs/diff_text.h"

#include "cli/graphs/graph_words.h"
#include "cli/text/display_text.h"
#include "cli/text/json_text.h"
#include "cli/text/quantities.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

/// Columns where nobody counts them.
constexpr int default_limit = 120;

std::string components_words(const std::vector<BoundComponent>& components) {
  std::vector<std::string> words;
  for (const BoundComponent& one : components) {
    const std::string times = times_words(one.replicas);
    words.push_back(times.empty() ? one.component : one.component + " " + times);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string targets_words(const std::vector<std::string>& targets) {
  return targets.empty() ? "not connected" : fmt::format("{}", fmt::join(targets, " "));
}

constexpr std::string_view absent = "not set";

/// Whether a text without quotes could be taken for something else: for nothing, for our own words and signs, or for
/// another text, because its blanks at the ends and its control characters cannot be seen.
bool misleads(std::string_view text) {
  return text.empty() || text.front() == ' ' || text.back() == ' ' || text.front() == '"' || text == "-" ||
         text == absent || text.find("→") != std::string_view::npos || text.find("…") != std::string_view::npos ||
         text.find_first_of("\t\n") != std::string_view::npos || visible(text) != text;
}

/// A word of a command as one would type it, if it needs it with quotes.
std::string typed(const boost::json::value& word) {
  const std::string text = value_words(word);
  return misleads(text) || text.find_first_of(" \"'") != std::string::npos ? json_line(word) : text;
}

/// The words of two commands that differ, each side with the word before them, which mostly is the option's name.
std::pair<std::string, std::string> command_words(const boost::json::array& before, const boost::json::array& after) {
  const std::size_t least = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < least && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < least - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  const std::size_t from = head > 0 ? head - 1 : 0;
  const auto side = [&](const boost::json::array& words) {
    std::vector<std::string> shown;
    if (from > 0) shown.emplace_back("…");
    for (std::size_t at = from; at < words.size() - tail; ++at) shown.push_back(typed(words[at]));
    if (tail > 0) shown.emplace_back("…");
    return fmt::format("{}", fmt::join(shown, " "));
  };
  return {side(before), side(after)};
}

std::string one_value(const boost::json::value& value) {
  if (value.is_null()) return std::string(absent);
  if (value.is_object()) {
    const auto& object = value.get_object();
    const auto* min = object.if_contains("min");
    const auto* max = object.if_contains("max");
    if (object.size() == 2 && min != nullptr && max != nullptr && min->is_int64() && max->is_int64()) {
      return range_words({static_cast<int>(min->get_int64()), static_cast<int>(max->get_int64())});
    }
  }
  if (value.is_string()) return misleads(value.get_string()) ? json_line(value) : value_words(value);
  if (!value.is_array()) return json_line(value);
  // An item with a comma in it would look like two.
  const auto& items = value.get_array();
  const bool plain = !items.empty() && std::all_of(items.begin(), items.end(), [](const boost::json::value& item) {
    const std::string words = one_value(item);
    return words == value_words(item) && words.find(',') == std::string::npos;
  });
  return plain ? value_words(value) : json_line(value);
}

/// Both sides of a change. `1` and `"1"` differ, and so do what stands there.
std::pair<std::string, std::string> both_values(const ValueChange& change) {
  if (change.before.is_array() && change.after.is_array() && change.path == "command") {
    return command_words(change.before.get_array(), change.after.get_array());
  }
  std::pair<std::string, std::string> both{one_value(change.before), one_value(change.after)};
  if (both.first == both.second) both = {json_line(change.before), json_line(change.after)};
  return both;
}

/// What a reason of the loader is in a sentence.
std::string reason_words(const std::string& reason) {
  if (reason == "component" || reason == "namespace") return "another " + reason;
  return reason.starts_with("client ") ? reason + " in its command or environment" : reason;
}

class Writer {
 public:
  Writer(int width, const Style& style) : limit_(width > 0 ? width : default_limit), style_(style) {}

  void graph(const GraphDiff& diff) {
    if (diff.graph.empty()) return;
    head(Ink::Yellow, '~', "graph", "");
    for (const ValueChange& change : diff.graph) value(change, false);
    indented(diff.slots.empty() ? "no replica is concerned" : "the slots below say what it means for them");
  }

  void slot(const SlotDiff& slot) {
    const std::string before = components_words(slot.before);
    const std::string after = components_words(slot.after);
    const std::string name = slot.sidecar ? slot.name + " (sidecar)" : slot.name;
    switch (slot.change) {
      case SlotChange::Added: head(Ink::Green, '+', name, after); break;
      case SlotChange::Removed: head(Ink::Red, '-', name, before); break;
      default: head(Ink::Yellow, '~', name, before == after ? after : before + " → " + after);
    }
    const bool several = slot.before.size() > 1 || slot.after.size() > 1;
    for (const ValueChange& change : slot.values) {
      // Where there is one component, its replicas stand in the line above.
      if (change.path != "replicas" || several) value(change, several);
    }
    for (const ClientChange& client : slot.clients) {
      const std::string whose = several ? client.component + " " : "";
      line(whose + "client " + client.client, targets_words(client.before), targets_words(client.after));
    }
    indented(effect(slot));
  }

  void line(const std::string& text) { out_ += visible(text) + "\n"; }
  std::string take() { return std::move(out_); }

 private:
  void head(Ink ink, char mark, const std::string& name, const std::string& rest) {
    out_ += style_.strong(ink, fmt::format("{} {}", mark, visible(name)));
    out_ += (rest.empty() ? "" : "  " + visible(rest)) + "\n";
  }

  void indented(const std::string& text) { out_ += style_.paint(Ink::Dim, "    " + visible(text)) + "\n"; }

  void line(const std::string& what, const std::string& before, const std::string& after) {
    const std::string whole = fmt::format("    {}: {} → {}", visible(what), visible(before), visible(after));
    if (display_width(whole) <= limit_) {
      out_ += whole + "\n";
    } else {
      out_ +=
          fmt::format("    {}:\n      {}\n      {}\n", visible(what), style_.paint(Ink::Red, "- " + visible(before)),
                      style_.paint(Ink::Green, "+ " + visible(after)));
    }
  }

  void value(const ValueChange& change, bool several) {
    const std::string what = several && !change.component.empty() ? change.component + " " + change.path : change.path;
    const auto [before, after] = both_values(change);
    line(what, before, after);
  }

  static std::string effect(const SlotDiff& slot) {
    std::vector<std::string> reasons;
    for (const std::string& reason : slot.restart_because) reasons.push_back(reason_words(reason));
    const std::string why = fmt::format("{}", fmt::join(reasons, ", "));
    if (!slot.replicas.known) {
      return why.empty() ? "no replica is restarted; how many there are depends on a variable"
                         : fmt::format("restarts its replicas ({}); how many there are depends on a variable", why);
    }
    const ReplicaEffect& count = slot.replicas;
    std::vector<std::string> parts;
    const auto add = [&](std::string_view what, int number, std::string_view rest) {
      if (number > 0)
        parts.push_back(fmt::format("{} {}{}", what, count_words(static_cast<std::size_t>(number), "replica"), rest));
    };
    add("restarts", count.restarted, why.empty() ? "" : fmt::format(" ({})", why));
    add("starts", count.started, "");
    add("stops", count.stopped, "");
    add("keeps", count.kept, " running");
    return parts.empty() ? "has no replicas" : fmt::format("{}", fmt::join(parts, ", "));
  }

  int limit_;
  Style style_;
  std::string out_;
};

std::string total_words(const ReplicaEffect& total) {
  if (!total.known) return "a running graph: how many replicas are concerned depends on a variable";
  std::vector<std::string> parts;
  const auto add = [&](int count, std::string_view what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(total.restarted, "restarted");
  add(total.started, "started");
  add(total.stopped, "stopped");
  add(total.kept, "kept running");
  return fmt::format("replicas of a running graph: {}",
                     parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", ")));
}

}  // namespace

std::string diff_text(const GraphDiff& diff, const DiffSide& before, const DiffSide& after, int width,
                      const Style& style) {
  const bool one_file = before.file == after.file;
  const auto side_words = [&](const DiffSide& side) {
    std::string words = one_file ? side.graph.graph : side.file + ":" + side.graph.graph;
    for (const std::string& overlay : side.overlays) words += " -f " + overlay;
    for (const std::string& one : side.overrides) words += " " + one;
    return words;
  };
  Writer writer(width, style);
  writer.line(fmt::format("{} → {}{}", side_words(before), side_words(after), one_file ? " · " + after.file : ""));
  if (diff.same()) {
    writer.line("no differences: a running graph would stay as it is");
    return writer.take();
  }
  writer.line("");
  writer.graph(diff);
  for (const SlotDiff& slot : diff.slots) writer.slot(slot);
  writer.line("");
  writer.line(total_words(diff.replicas));
  return writer.take();
}

}  // namespace dynamo
