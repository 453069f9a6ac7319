#pragma once
// Text with references, `python3 --model ${params.model}`: its pieces, each reference with its place.
// Reading a text reports only what cannot be read at all (DG0606); whether a reference means anything
// depends on where it stands and is checked in references.h.

#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"
#include "proto/template.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

enum class ReferenceScope { Params, Graph, Env, Self, Clients, Unknown };
DYNAMO_WORDS(ReferenceScope, "params", "graph", "env", "self", "clients", "?");

struct Reference {
  ReferenceScope scope = ReferenceScope::Unknown;
  std::string name;  ///< what follows the scope: "model", "port.chat"
  Fallback fallback = Fallback::None;
  std::string fallback_text;
  std::string as_written;  ///< "${clients.router:-none}"
  Span where;
};

struct Piece {
  std::string literal;
  std::shared_ptr<const Reference> reference;  ///< rare: most pieces are literals, and there are many
};

struct Text {
  std::vector<Piece> pieces;
  Span where;
  bool readable = true;  ///< false: DG0606 was reported

  [[nodiscard]] bool has_references() const;
  /// The text with its references as written, and `$$` as one dollar sign.
  [[nodiscard]] std::string as_written() const;
  /// The only reference, if the text is nothing else.
  [[nodiscard]] const Reference* whole_reference() const;
};

/// The pieces of a scalar, or of a part of it: bytes [begin, begin + length) of its text.
Text read_text(const Node& scalar, DiagnosticSink& sink, std::size_t begin = 0,
               std::size_t length = std::string_view::npos);

/// The place of the first `${` of a scalar in which references are not allowed.
std::optional<Span> find_reference(const Node& scalar);

/// A word such as `[A-Za-z][A-Za-z0-9_-]{0,62}`: NAME of the grammar.
bool is_name(std::string_view text);
/// `[A-Za-z_][A-Za-z0-9_]*`: VAR of the grammar.
bool is_variable(std::string_view text);

}  // namespace dynamo
