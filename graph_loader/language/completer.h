#pragma once
// One question of completion while it is answered: used by the parts of completion.h, by nobody else.

#include "graph_loader/language/completion.h"
#include "graph_loader/language/members.h"
#include "graph_loader/language/position.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

class Completer {
 public:
  Completer(const Analysis& analysis, const std::string& path, std::string_view text, std::uint32_t byte,
            FolderReader& folders);

  std::vector<Completion> run();

 private:
  // completion.cpp: where the cursor is, and keys
  void add(std::string label, Completion::Kind kind, std::string detail = {}, std::string doc = {}, int rank = 0);
  void add_keys(const grammar::Value& value);
  void add_closed_keys(const grammar::Mapping& mapping, const std::vector<std::string>& present);
  void add_names(const grammar::Value& table, const std::vector<std::string>& present);
  void add_definitions(std::string_view section, const std::vector<std::string>& present, const grammar::Value& value);
  void add_inherited(const std::vector<std::string>& present, const grammar::Value& value);
  void add_wire_keys(const std::vector<std::string>& present, const grammar::Value& value);
  [[nodiscard]] std::vector<std::size_t> components_in(std::size_t spec, const std::string& place) const;
  void add_name_key(const std::string& name, Completion::Kind kind, const std::string& detail,
                    const std::vector<std::string>& present, const grammar::Value& value);
  [[nodiscard]] std::pair<std::string, std::string> key_text(std::string_view name, const grammar::Value& value) const;
  [[nodiscard]] std::string typed() const;

  // completion_values.cpp: what a value may be
  void add_values(const grammar::Value& value);
  void add_list(const grammar::Value& list);
  void add_default();
  void add_leaf(const grammar::Value& leaf);
  void add_interfaces();
  void add_types();
  void add_components(const TypeRef& type);
  void add_bound(bool may_be_none);
  void add_targets_of_kind(NameKind kind);
  void add_slots();
  void add_wire_targets();
  void add_client_type(bool with_default);
  void add_param_type();
  void add_param_value();
  void add_promised_endpoints();
  void add_paths();
  [[nodiscard]] const ParamDefinition* param_in_question() const;

  // completion_references.cpp: behind `${`
  bool add_references();
  [[nodiscard]] std::set<std::size_t> specs_in_sight() const;
  void add_scopes();
  void add_reference_name(const std::string& name, Completion::Kind kind, const std::string& detail, bool more = false);
  void add_self(const std::string& rest);
  void add_clients(const std::string& rest);

  const Analysis& analysis_;
  const std::string& path_;
  std::string_view text_;
  std::uint32_t byte_;
  FolderReader& folders_;
  Cursor cursor_;
  GrammarPosition position_;
  Owner owner_;
  bool overlay_ = false;  ///< the file changes what others define
  FileScope no_scope_;
  const FileScope* scope_;
  std::uint32_t begin_ = 0;  ///< of the word at the cursor
  std::uint32_t end_ = 0;
  std::vector<Completion> result_;
};

/// "`int = 1`": a param as it was declared.
std::string declared(const ParamDefinition& param);
/// "optional many Backend".
std::string arity_and_type(Arity arity, const std::string& type);

}  // namespace dynamo
