#pragma once
// What a name means: looks names up in the two namespaces and says why one means nothing (DG0201, DG0202, DG0206).

#include "graph_loader/spec/spec.h"
#include "proto/diagnostic.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// A resolved type: an interface, a component or `Any`.
struct TypeRef {
  enum class Kind { None, Any, Interface, Component } kind = Kind::None;
  std::size_t index = 0;
  explicit operator bool() const { return kind != Kind::None; }
  friend bool operator==(const TypeRef&, const TypeRef&) = default;
};

class Names {
 public:
  Names(const Spec& spec, DiagnosticSink& sink) : spec_(spec), sink_(sink) {}

  /// The definition behind a name, in the eyes of a file; nullptr: none. Reports nothing.
  [[nodiscard]] const NamedDefinition* find_type(std::string_view name, const FileScope& scope) const;
  [[nodiscard]] const NamedDefinition* find_target(std::string_view name, const FileScope& scope) const;

  /// Each reports when there is no such thing.
  std::optional<std::size_t> interface(const Name& name, const FileScope& scope);
  /// `fitting`: the components that would be of the right type where the name stands; one of them is the better guess.
  /// Asked only when there is something to report.
  using Fitting = std::function<std::vector<std::string_view>()>;
  std::optional<std::size_t> component(const Name& name, const FileScope& scope, const Fitting& fitting = nullptr);
  std::optional<std::size_t> spec(const Name& name, const FileScope& scope);
  std::optional<std::size_t> graph(const Name& name, const FileScope& scope);
  TypeRef type(const Name& name, const FileScope& scope);

 private:
  /// `acme.Prometheus` for `Prometheus`, if there is one.
  [[nodiscard]] std::optional<std::string_view> with_prefix(std::string_view name,
                                                            std::initializer_list<NameKind> wanted) const;
  void report_missing(const Name& name, const FileScope& scope, std::initializer_list<NameKind> wanted,
                      const Fitting& fitting = nullptr);
  [[nodiscard]] std::vector<std::string_view> candidates(std::initializer_list<NameKind> wanted) const;

  const Spec& spec_;
  DiagnosticSink& sink_;
};

}  // namespace dynamo
