#include "cli/diagnostics/render.h"

#include "cli/diagnostics/details.h"
#include "cli/diagnostics/excerpt.h"
#include "cli/text/display_text.h"
#include "cli/text/quantities.h"
#include "cli/text/wrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace dynamo {
namespace {

/// A column of text is never narrower, whatever the terminal is.
constexpr int narrowest = 20;
/// Of the further lines of a message.
constexpr int headline_indent = 4;
/// Where nobody counts columns, excerpts of very long lines are still cut.
constexpr int default_width = 140;

/// The marks by file: the primary's file first, then the others as they come.
std::vector<std::vector<ExcerptMark>> by_file(const Diagnostic& diagnostic) {
  std::vector<std::vector<ExcerptMark>> groups;
  const auto add = [&](const Label& label, bool primary) {
    if (!label.where) return;
    for (auto& group : groups) {
      if (group.front().label.where.file == label.where.file) {
        group.push_back({label, primary});
        return;
      }
    }
    groups.push_back({{label, primary}});
  };
  add(diagnostic.primary, true);
  for (const Label& label : diagnostic.others) add(label, false);
  return groups;
}

int gutter_of(const std::vector<std::vector<ExcerptMark>>& groups) {
  int highest = 1;
  for (const auto& group : groups) {
    for (const ExcerptMark& mark : group) highest = std::max(highest, last_line(mark.label.where));
  }
  return std::max(2, static_cast<int>(std::to_string(highest).size()));
}

std::string blanks(int count) { return std::string(static_cast<std::size_t>(count), ' '); }

/// "error[DG0401]: message"; on a terminal quoted text takes one line at most, and further lines are indented.
std::string headline(const Diagnostic& diagnostic, const DiagnosticLook& look) {
  const Style& style = look.style;
  const Ink ink = diagnostic.severity == Severity::Error ? Ink::Red : Ink::Yellow;
  const std::string head = fmt::format("{}[{}]", word(diagnostic.severity), diagnostic.code.text());
  const std::string message = visible(diagnostic.message);
  if (look.width <= 0) return style.strong(ink, head) + style.paint(Ink::Bold, ": " + message) + "\n";
  const int first = std::max(look.width - static_cast<int>(head.size()) - 2, narrowest);
  const int further = std::max(look.width - headline_indent, narrowest);
  const auto lines = wrapped(with_short_quotes(message, first - 2), first, further);
  std::string result = style.strong(ink, head) + style.paint(Ink::Bold, ": " + lines.front()) + "\n";
  for (std::size_t index = 1; index < lines.size(); ++index) {
    result += blanks(headline_indent) + style.paint(Ink::Bold, lines[index]) + "\n";
  }
  return result;
}

/// "   = help: text"; further lines of the text stand below its first.
std::string remark(int gutter, std::string_view kind, std::string_view text, const DiagnosticLook& look) {
  const Style& style = look.style;
  const std::string indent = blanks(gutter + 1);
  const int hanging = gutter + 1 + static_cast<int>(kind.size()) + 4;
  const int room = std::max(look.width - hanging, narrowest);
  std::string result = indent + style.strong(Ink::Blue, "=") + " " + style.paint(Ink::Bold, kind) + ": ";
  for (bool first = true; !text.empty() || first;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = visible(text.substr(0, end));
    for (const std::string& part : look.width > 0 ? wrapped(line, room, room) : std::vector<std::string>{line}) {
      result += (first ? "" : blanks(hanging)) + part + "\n";
      first = false;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string limit_line(std::size_t hidden) { return fmt::format("… and {} more; --max-errors 0 shows all\n", hidden); }

}  // namespace

std::string render_human(const Diagnostic& diagnostic, const DiagnosticLook& look, bool more) {
  const Style& style = look.style;
  std::string result = headline(diagnostic, look);
  const auto groups = by_file(diagnostic);
  const int gutter = gutter_of(groups);
  const std::string bar = blanks(gutter + 1);
  const std::string empty_line = bar + style.strong(Ink::Blue, "|") + "\n";
  const ExcerptLook excerpt_look{.gutter = gutter,
                                 .width = look.width > 0 ? look.width : default_width,
                                 .severity = diagnostic.severity,
                                 .style = style};
  for (std::size_t index = 0; index < groups.size(); ++index) {
    const std::string arrow = bar.substr(1) + style.strong(Ink::Blue, index == 0 ? "-->" : ":::");
    result += arrow + " " + place_text(groups[index].front().label.where);
    result += (index == 0 ? graph_remark(diagnostic) : "") + "\n";
    result += empty_line + excerpt(groups[index], excerpt_look);
    if (index + 1 < groups.size()) result += empty_line;
  }
  const bool remarks = !diagnostic.notes.empty() || !diagnostic.helps.empty() || more;
  if (remarks && !groups.empty()) result += empty_line;
  for (const std::string& note : diagnostic.notes) result += remark(gutter, "note", note, look);
  for (const std::string& help : diagnostic.helps) result += remark(gutter, "help", help, look);
  if (more) result += remark(gutter, "more", "dynamo graph explain " + diagnostic.code.text(), look);
  return result;
}

std::string render_short(const Diagnostic& diagnostic) {
  const std::string place = diagnostic.primary.where ? place_text(diagnostic.primary.where) + ": " : std::string();
  return fmt::format("{}{}[{}]: {}{}\n", place, word(diagnostic.severity), diagnostic.code.text(),
                     visible(diagnostic.message), graph_remark(diagnostic));
}

std::string render_all_human(const std::vector<Diagnostic>& diagnostics, std::size_t limit,
                             const DiagnosticLook& look) {
  const std::size_t shown = limit == 0 ? diagnostics.size() : std::min(limit, diagnostics.size());
  std::string result;
  std::set<Code> explained;
  for (std::size_t index = 0; index < shown; ++index) {
    result += render_human(diagnostics[index], look, explained.insert(diagnostics[index].code).second) + "\n";
  }
  if (shown < diagnostics.size()) result += limit_line(diagnostics.size() - shown);
  return result;
}

std::string render_all_short(const std::vector<Diagnostic>& diagnostics, std::size_t limit) {
  const std::size_t shown = limit == 0 ? diagnostics.size() : std::min(limit, diagnostics.size());
  std::string result;
  for (std::size_t index = 0; index < shown; ++index) result += render_short(diagnostics[index]);
  if (shown < diagnostics.size()) result += limit_line(diagnostics.size() - shown);
  return result;
}

std::string diagnostic_summary(const std::string& file, const std::vector<Diagnostic>& diagnostics) {
  std::size_t errors = 0;
  std::set<std::string> graphs;
  for (const Diagnostic& one : diagnostics) {
    if (one.severity == Severity::Error) ++errors;
    if (one.graph) graphs.insert(*one.graph);
    graphs.insert(one.more_graphs.begin(), one.more_graphs.end());
  }
  const std::size_t warnings = diagnostics.size() - errors;
  std::string counts;
  if (errors > 0) counts = count_words(errors, "error");
  if (warnings > 0) counts += (counts.empty() ? "" : ", ") + count_words(warnings, "warning");
  if (!graphs.empty()) counts += " in " + count_words(graphs.size(), "graph");
  return fmt::format("{}: {}\n", visible(file), counts);
}

}  // namespace dynamo
