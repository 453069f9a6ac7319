#include "graph_loader/graph/names.h"

#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace dynamo {
namespace {

using Table = std::map<std::string, NamedDefinition, std::less<>>;

/// A name used in an aliased file means `ALIAS.NAME` if that exists, else NAME.
const NamedDefinition* find(const Table& table, std::string_view name, const FileScope& scope) {
  if (!scope.alias.empty()) {
    const auto own = table.find(fmt::format("{}.{}", scope.alias, name));
    if (own != table.end()) return &own->second;
  }
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace

const NamedDefinition* Names::find_type(std::string_view name, const FileScope& scope) const {
  return find(spec_.types, name, scope);
}

const NamedDefinition* Names::find_target(std::string_view name, const FileScope& scope) const {
  return find(spec_.targets, name, scope);
}

std::optional<std::size_t> Names::interface(const Name& name, const FileScope& scope) {
  const auto* found = find_type(name.text, scope);
  if (found != nullptr && found->kind == NameKind::Interface) return found->index;
  report_missing(name, scope, {NameKind::Interface});
  return std::nullopt;
}

std::optional<std::size_t> Names::component(const Name& name, const FileScope& scope, const Fitting& fitting) {
  const auto* found = find_type(name.text, scope);
  if (found != nullptr && found->kind == NameKind::Component) return found->index;
  report_missing(name, scope, {NameKind::Component}, fitting);
  return std::nullopt;
}

std::optional<std::size_t> Names::spec(const Name& name, const FileScope& scope) {
  const auto* found = find_target(name.text, scope);
  if (found != nullptr && found->kind == NameKind::Spec) return found->index;
  report_missing(name, scope, {NameKind::Spec});
  return std::nullopt;
}

std::optional<std::size_t> Names::graph(const Name& name, const FileScope& scope) {
  const auto* found = find_target(name.text, scope);
  if (found != nullptr && found->kind == NameKind::Graph) return found->index;
  report_missing(name, scope, {NameKind::Graph});
  return std::nullopt;
}

TypeRef Names::type(const Name& name, const FileScope& scope) {
  if (name.text == "Any") return {TypeRef::Kind::Any, 0};
  const auto* found = find_type(name.text, scope);
  if (found == nullptr) {
    report_missing(name, scope, {NameKind::Interface, NameKind::Component});
    return {};
  }
  return {found->kind == NameKind::Interface ? TypeRef::Kind::Interface : TypeRef::Kind::Component, found->index};
}

std::vector<std::string_view> Names::candidates(std::initializer_list<NameKind> wanted) const {
  std::vector<std::string_view> result;
  const auto collect = [&](const Table& table) {
    for (const auto& [name, definition] : table) {
      if (std::find(wanted.begin(), wanted.end(), definition.kind) != wanted.end()) result.push_back(name);
    }
  };
  collect(spec_.types);
  collect(spec_.targets);
  return result;
}

std::optional<std::string_view> Names::with_prefix(std::string_view name,
                                                   std::initializer_list<NameKind> wanted) const {
  for (const std::string_view candidate : candidates(wanted)) {
    if (candidate.size() > name.size() && candidate.ends_with(name) &&
        candidate[candidate.size() - name.size() - 1] == '.') {
      return candidate;
    }
  }
  return std::nullopt;
}

void Names::report_missing(const Name& name, const FileScope& scope, std::initializer_list<NameKind> wanted,
                           const Fitting& fitting) {
  std::string kinds;
  for (const NameKind kind : wanted) kinds += (kinds.empty() ? "" : " or ") + std::string(word(kind));

  const NamedDefinition* other = find_type(name.text, scope);
  if (other == nullptr) other = find_target(name.text, scope);
  if (other != nullptr) {
    report(sink_, codes::wrong_kind_of_name, name.where,
           fmt::format("`{}` is {}, not {}{}", name.text, with_article(other->kind), with_article(*wanted.begin()),
                       kinds.substr(word(*wanted.begin()).size())))
        .also(other->where, fmt::format("defined as {}", with_article(other->kind)))
        .help(*wanted.begin() == NameKind::Graph && other->kind == NameKind::Spec
                  ? fmt::format("a graph of that spec says `spec: {}`", name.text)
                  : "");
    return;
  }
  const std::size_t dot = name.text.find('.');
  if (dot != std::string::npos) {
    const std::string alias = name.text.substr(0, dot);
    if (std::find(spec_.aliases.begin(), spec_.aliases.end(), alias) == spec_.aliases.end()) {
      auto diagnostic = report(sink_, codes::unknown_alias, name.where, fmt::format("no import is called `{}`", alias));
      const auto guess = nearest(alias, {spec_.aliases.begin(), spec_.aliases.end()});
      if (guess) {
        diagnostic.label(fmt::format("did you mean `{}.{}`?", *guess, name.text.substr(dot + 1)));
      } else {
        diagnostic.help(fmt::format("name the import: `{{file: PATH, as: {}}}` under `imports`", alias));
      }
      return;
    }
  }
  auto diagnostic =
      report(sink_, codes::unknown_name, name.where, fmt::format("no {} is called `{}`", kinds, name.text));
  if (const auto deleted = spec_.deleted.find(name.text); deleted != spec_.deleted.end()) {
    diagnostic.also(deleted->second, "deleted here");
    return;
  }
  if (!sink_.afford_hint(spec_.types.size() + spec_.targets.size())) return;
  if (const auto prefixed = with_prefix(name.text, wanted)) {
    diagnostic.label(fmt::format("did you mean `{}`?", *prefixed))
        .note("names of a file that is imported with `as` begin with that word")
        .fix(replace_by(name.where, std::string(*prefixed), Applicability::Maybe));
    return;
  }
  const std::vector<std::string_view> right = fitting ? fitting() : std::vector<std::string_view>();
  if (nearest(name.text, right)) {
    suggest_fix(diagnostic, name.where, name.text, right);
    return;
  }
  const std::vector<std::string_view> all = candidates(wanted);
  if (!right.empty() && right.size() <= 12) {
    // One that is spelled like it and does not fit is no help.
    diagnostic.help(fmt::format("components that fit: {}", quoted(right)));
    return;
  }
  const bool few = all.size() <= 12;
  suggest_fix(diagnostic, name.where, name.text, all, few ? "there are" : "");
}

}  // namespace dynamo
