#include "graph_loader/spec/files.h"

#include "graph_loader/spec/overlay.h"
#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spec_reader.h"
#include "graph_loader/yaml/limits.h"
#include "graph_loader/yaml/parse.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

namespace dynamo {
namespace {

constexpr std::string_view supported_version = "dynamo/v1";

/// Passes diagnostics on and notes those after which a file cannot be trusted.
class StoppingSink final : public DiagnosticSink {
 public:
  explicit StoppingSink(DiagnosticSink& next) : next_(next) {}
  void report(Diagnostic diagnostic) override {
    const Code code = diagnostic.code;
    if (code.number < 100 || code == codes::api_version_unsupported || code == codes::import_unreadable ||
        code == codes::import_cycle) {
      stopped_ = true;
    }
    next_.report(std::move(diagnostic));
  }
  bool afford_hint(std::size_t names) override { return next_.afford_hint(names); }
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  DiagnosticSink& next_;
  bool stopped_ = false;
};

/// Over all files of a load, so that a thousand imports cannot fill the memory either.
constexpr std::size_t max_bytes_of_all = 64UL << 20U;
constexpr std::size_t max_definitions = 60'000;  ///< a slot costs as much as two

/// A file whose imports are being read.
struct OpenFile {
  std::string identity;  ///< normalised path
  const FileScope* scope = nullptr;
  const SyntaxTree* tree = nullptr;
  std::vector<const Node*> imports;
  std::size_t next = 0;
};

struct ReadFile {
  const FileScope* scope = nullptr;
  const SyntaxTree* tree = nullptr;
};

class FileLoader {
 public:
  FileLoader(FileReader& reader, Sources& sources, DiagnosticSink& sink)
      : reader_(reader), sources_(sources), sink_(sink), shape_(sink_), overlays_(sink_) {}

  LoadedFiles load(const std::string& root, const std::vector<std::string>& overlays, Reading reading) {
    LoadedFiles result;
    const std::string identity = root == "-" ? root : normal(root);
    auto bytes = reader_.read(root);
    if (bytes.has_error()) {
      result.unreadable = bytes.error().message();
      return result;
    }
    open_file(root, identity, std::move(*bytes), "", true);
    read_open_files();
    for (const std::string& overlay : overlays) {
      auto text = reader_.read(overlay);
      if (text.has_error()) {
        result.unreadable = text.error().message();
        return result;
      }
      read_overlay(overlay, std::move(*text));
    }
    result.complete = !sink_.stopped();
    if (result.complete || reading == Reading::AsFarAsPossible) {
      for (const ReadFile& file : files_) read_definitions(file);
      result.complete = result.complete && !told_too_large_ && !names_missing_;
      overlays_.report_unknown(spec_);
      spec_.trees.push_back(overlays_.take_tree());
      spec_.replaced = overlays_.take_replaced();
      result.repeated_keys = overlays_.take_repeated_keys();
      spec_.deleted = overlays_.take_deleted();
    }
    result.spec = std::move(spec_);
    return result;
  }

 private:
  static std::string normal(const std::string& path) { return std::filesystem::path(path).lexically_normal().string(); }

  static std::string directory_of(const std::string& path) {
    return path == "-" ? "" : std::filesystem::path(path).parent_path().string();
  }

  /// The tree of a file of this version; nullptr after a report.
  const SyntaxTree* parse(const std::string& path, std::string bytes, FileScope& scope) {
    scope.path = path;
    scope.directory = directory_of(path);
    bytes_ += bytes.size();
    const bool too_large = bytes_ > max_bytes_of_all;
    // Equal texts under two aliases are read twice: their names differ, and so do the places to point at.
    scope.source = &sources_.add(path, too_large ? std::string() : std::move(bytes));
    if (too_large) return report_too_large(*scope.source, "the files are larger than 64 MiB together");
    auto tree = parse_yaml(*scope.source, sink_);
    if (!tree) return nullptr;
    values_ += tree->values;
    if (values_ > max_values) return report_too_large(*scope.source, "more than 1000000 values in all files together");
    const SyntaxTree& kept = spec_.trees.emplace_back(std::move(*tree));
    return is_of_this_version(*kept.root) ? &kept : nullptr;
  }

  const SyntaxTree* report_too_large(const SourceFile& source, std::string message) {
    if (!told_too_large_) report(sink_, codes::too_large, Span{&source, 0, 0}, std::move(message)).emit();
    told_too_large_ = true;
    return nullptr;
  }

  void open_file(const std::string& path, const std::string& identity, std::string bytes, const std::string& alias,
                 bool root) {
    FileScope& scope = spec_.scopes.emplace_back();
    scope.alias = alias;
    scope.root = root;
    OpenFile file;
    file.identity = identity;
    file.scope = &scope;
    file.tree = parse(path, std::move(bytes), scope);
    if (file.tree == nullptr) return;
    UnreadKeys unread;
    const auto entries = shape_.keys(*file.tree->root, grammar::file, &unread);
    check_sections(*file.tree->root, unread);
    for (const KnownEntry& entry : entries) {
      if (entry.key->text != "imports" || entry.value->kind == NodeKind::Null) continue;
      if (const auto* items = shape_.items(*entry.value, "`imports`")) {
        file.imports.insert(file.imports.end(), items->begin(), items->end());
      }
    }
    open_identities_.insert(identity);
    open_.push_back(std::move(file));
  }

  /// Depth first, imports before what imports them, without recursion: a chain of imports may be long.
  void read_open_files() {
    while (!open_.empty()) {
      OpenFile& file = open_.back();
      if (file.next < file.imports.size() && !told_too_large_) {
        read_import(*file.imports[file.next++], *file.scope);
        continue;
      }
      files_.push_back({file.scope, file.tree});
      open_identities_.erase(file.identity);
      open_.pop_back();
    }
  }

  void read_overlay(const std::string& path, std::string bytes) {
    FileScope& scope = spec_.scopes.emplace_back();
    scope.overlay = true;
    const SyntaxTree* tree = parse(path, std::move(bytes), scope);
    if (tree == nullptr) return;
    UnreadKeys unread;
    const auto sections = shape_.keys(*tree->root, grammar::overlay, &unread);
    check_sections(*tree->root, unread);
    for (const KnownEntry& section : sections) {
      if (section.rule->value.kind != grammar::Value::Kind::Table || section.value->kind == NodeKind::Null) continue;
      if (!section.value->is_mapping()) {
        shape_
            .wrong_kind(section.value->where, fmt::format("`{}`", section.key->text), "a mapping",
                        describe(*section.value))
            .emit();
        continue;
      }
      for (const Entry& definition : section.value->entries) {
        if (!definition.key->text.starts_with("x-")) overlays_.add(section.key->text, definition);
      }
    }
  }

  /// The key before the first one, in the form of the top mapping.
  static Fix add_version(const Node& top, const Span& first) {
    const std::string entry = fmt::format("apiVersion: {}", supported_version);
    const std::string title = fmt::format("add `{}`", entry);
    const std::string_view text = first.file->text();
    if (top.where.text().starts_with('{')) {
      const std::uint32_t inside = top.where.begin + 1;
      const std::string_view separator = top.entries.empty() ? "" : ", ";
      return {title, Applicability::Machine, {{{first.file, inside, inside}, fmt::format("{}{}", entry, separator)}}};
    }
    // The first key may be indented; then all the others are too.
    const std::string_view before = text.substr(0, first.begin);
    const std::size_t line = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const std::size_t blanks = before.size() - std::min(before.find_last_not_of(' ') + 1, before.size());
    const std::string indent(std::min(blanks, before.size() - line), ' ');
    const std::string_view end = text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
    const auto paragraph = static_cast<std::uint32_t>(comment_of_key(text, line));
    if (paragraph < line) {
      return {title,
              Applicability::Machine,
              {{{first.file, paragraph, paragraph}, fmt::format("{}{}{}", indent, entry, end)}}};
    }
    return {title,
            Applicability::Machine,
            {{{first.file, first.begin, first.begin}, fmt::format("{}{}{}", entry, end, indent)}}};
  }

  /// Where the comment about the key in this line begins: the last of several paragraphs, right above it. A single one
  /// is about the file. Without such a comment, the line itself.
  static std::size_t comment_of_key(std::string_view text, std::size_t line) {
    const std::size_t start = yaml_text::byte_order_mark(text);
    const auto begin_of_line_above = [&](std::size_t at) {
      const std::size_t line_feed = at < 2 ? std::string_view::npos : text.rfind('\n', at - 2);
      return line_feed == std::string_view::npos ? start : line_feed + 1;
    };
    const auto first_letter = [&](std::size_t begin, std::size_t end) {
      const std::size_t at = text.substr(0, end).find_first_not_of(" \t\r\n", begin);
      return at == std::string_view::npos ? '\0' : text[at];
    };
    std::size_t paragraph = line;
    while (paragraph > start && first_letter(begin_of_line_above(paragraph), paragraph) == '#') {
      paragraph = begin_of_line_above(paragraph);
    }
    std::size_t above = paragraph;
    while (above > start && first_letter(begin_of_line_above(above), above) == '\0') above = begin_of_line_above(above);
    const bool several = above > start && above < paragraph && first_letter(begin_of_line_above(above), above) == '#';
    return several ? paragraph : line;
  }

  /// DG0105; and names of a section that could not be read would be missed everywhere.
  void check_sections(const Node& top, const UnreadKeys& unread) {
    for (const std::string_view key : {"imports", "interfaces", "components", "specs", "graphs"}) {
      if (unread.contains(key)) names_missing_ = true;
    }
    if (top.find("apiVersion") != nullptr || unread.contains("apiVersion")) return;
    const Span first = top.entries.empty() ? top.where : top.entries.front().key->where;
    report(sink_, codes::api_version_missing, first, "the file has no `apiVersion`")
        .help(fmt::format("begin it with `apiVersion: {}`", supported_version))
        .fix(add_version(top, first));
  }

  /// False: the file is of another version and is not read.
  bool is_of_this_version(const Node& top) {
    const Entry* version = top.find("apiVersion");
    if (version == nullptr) return true;
    if (version->value->is_scalar() && version->value->text == supported_version) return true;
    auto diagnostic =
        report(sink_, codes::api_version_unsupported, version->value->where,
               version->value->kind == NodeKind::Null ? std::string("`apiVersion` is empty")
               : version->value->is_scalar() ? fmt::format("`apiVersion` `{}` is not supported", version->value->text)
                                             : std::string("`apiVersion` must be text"));
    const Entry* kind = top.find("kind");
    if (kind != nullptr && kind->value->text.starts_with("Dynamo")) {
      diagnostic.note(fmt::format("this is a {} of Kubernetes", kind->value->text))
          .help("`dynamo import FILE` writes a graph file that says the same");
    } else {
      diagnostic.help(fmt::format("this program reads `{}`", supported_version));
    }
    return false;
  }

  void read_import(const Node& item, const FileScope& importer) {
    const Node* path = &item;
    std::string alias;
    if (item.is_mapping()) {
      path = nullptr;
      for (const KnownEntry& entry : shape_.keys(item, grammar::import)) {
        if (entry.key->text == "file") {
          path = entry.value;
        } else if (const auto name = shape_.string(*entry.value, "`as`")) {
          if (!is_name(name->value)) {
            report(sink_, codes::bad_name, entry.value->where, fmt::format("`{}` cannot be a name", name->value))
                .emit();
            return;
          }
          alias = name->value;
        } else {
          return;
        }
      }
      if (path == nullptr) {
        report(sink_, codes::missing_key, item.where, "an import needs a `file`").emit();
        return;
      }
    }
    const auto written = shape_.string(*path, "the path of an import");
    if (!written) return;
    if (!alias.empty() && std::find(spec_.aliases.begin(), spec_.aliases.end(), alias) == spec_.aliases.end()) {
      spec_.aliases.push_back(alias);
    }
    const std::string target =
        reader_.one_path(normal((std::filesystem::path(importer.directory) / written->value).string()));
    if (open_identities_.count(target) != 0) {
      std::string chain;
      auto file = std::find_if(open_.begin(), open_.end(), [&](const OpenFile& one) { return one.identity == target; });
      for (; file != open_.end(); ++file) chain += fmt::format("`{}` imports ", file->identity);
      report(sink_, codes::import_cycle, path->where, fmt::format("`{}` imports itself", target))
          .note(fmt::format("{}`{}`", chain, target));
      return;
    }
    if (!done_.emplace(target, alias).second) return;
    auto bytes = reader_.read(target);
    if (bytes.has_error()) {
      report_unreadable(*path, written->value, target, bytes.error());
      return;
    }
    open_file(target, target, std::move(*bytes), alias, false);
  }

  void report_unreadable(const Node& path, const std::string& written, const std::string& target, const Failure& why) {
    if (written.find("://") != std::string::npos) {
      report(sink_, codes::import_unreadable, path.where, fmt::format("cannot read `{}`: it is an address", written))
          .note("imports are files of this machine, so that a graph is the same tomorrow");
      return;
    }
    auto diagnostic = report(sink_, codes::import_unreadable, path.where,
                             fmt::format("cannot read `{}`: {}", target, why.error.message()));
    for (const std::string_view ending : {".yaml", ".yml"}) {
      std::filesystem::path other(written);
      other.replace_extension(ending);
      const std::string there = normal((std::filesystem::path(target).parent_path() / other.filename()).string());
      if (there == target || reader_.read(there).has_error()) continue;
      diagnostic.label(fmt::format("there is `{}`", other.string()))
          .fix({fmt::format("write `{}`", other.string()), Applicability::Maybe, {{path.where, other.string()}}});
      return;
    }
    diagnostic.note("the path of an import is relative to the importing file");
  }

  static std::string full_name(const Entry& entry, const FileScope& scope) {
    return scope.alias.empty() ? std::string(entry.key->text) : fmt::format("{}.{}", scope.alias, entry.key->text);
  }

  static std::size_t slots_of(const Entry& definition, NameKind kind) {
    std::size_t result = 0;
    for (const std::string_view key : {"slots", "sidecars"}) {
      const Entry* slots = kind == NameKind::Spec ? definition.value->find(key) : nullptr;
      if (slots != nullptr) result += slots->value->entries.size();
    }
    return result;
  }

  /// The name that a definition gets, or none after a report.
  std::optional<std::string> define(const Entry& entry, NameKind kind, std::size_t index, const FileScope& scope) {
    if (!is_name(entry.key->text)) return std::nullopt;  // told by the shape
    const bool is_type = kind == NameKind::Interface || kind == NameKind::Component;
    if (is_type && entry.key->text == "Any") {
      report(sink_, codes::bad_name, entry.key->where, "`Any` is a built-in type").help("choose another name");
      return std::nullopt;
    }
    std::string name = full_name(entry, scope);
    auto& table = is_type ? spec_.types : spec_.targets;
    definitions_ += 1 + 2 * slots_of(entry, kind);
    if (definitions_ > max_definitions) {
      if (!told_too_large_) {
        report(sink_, codes::too_large, entry.key->where,
               fmt::format("more than {} definitions, each slot counted as two", max_definitions))
            .emit();
      }
      told_too_large_ = true;
      return std::nullopt;
    }
    const auto [place, fresh] = table.emplace(name, NamedDefinition{kind, index, entry.key->where});
    if (fresh) return name;
    report(sink_, codes::defined_twice, entry.key->where,
           place->second.kind == kind
               ? fmt::format("{} `{}` is defined twice", word(kind), name)
               : fmt::format("`{}` is {} and {}", name, with_article(place->second.kind), with_article(kind)))
        .also(place->second.where, place->second.kind == kind
                                       ? "first defined here"
                                       : fmt::format("{} of this name", with_article(place->second.kind)))
        .note(is_type ? "interfaces and components share one set of names" : "specs and graphs share one set of names");
    return std::nullopt;
  }

  template <class Definition, class Read>
  void read_all(const ReadFile& file, std::string_view key, NameKind kind, std::deque<Definition>& list, Read read) {
    const Entry* section = file.tree->root->find(key);
    if (section == nullptr) return;
    for (const Entry& written : shape_.names(*section, fmt::format("`{}`", key), Shape::BadNames::Kept)) {
      if (told_too_large_) return;
      const auto entry = overlays_.apply(key, full_name(written, *file.scope), written);
      if (!entry) continue;
      auto name = define(*entry, kind, list.size(), *file.scope);
      Definition definition = read(*entry, file.scope, shape_);
      if (!name) continue;
      definition.name = std::move(*name);
      list.push_back(std::move(definition));
    }
  }

  void read_definitions(const ReadFile& file) {
    read_all(file, "interfaces", NameKind::Interface, spec_.interfaces, read_interface);
    read_all(file, "components", NameKind::Component, spec_.components, read_component);
    read_all(file, "specs", NameKind::Spec, spec_.specs, read_spec);
    read_all(file, "graphs", NameKind::Graph, spec_.graphs, read_graph);
  }

  FileReader& reader_;
  Sources& sources_;
  StoppingSink sink_;
  Shape shape_;
  Overlays overlays_;
  Spec spec_;
  std::vector<ReadFile> files_;
  std::vector<OpenFile> open_;
  std::set<std::string> open_identities_;
  std::set<std::pair<std::string, std::string>> done_;  ///< normalised paths and aliases
  std::size_t bytes_ = 0;
  std::size_t values_ = 0;
  std::size_t definitions_ = 0;  ///< as counted for the limit
  bool told_too_large_ = false;
  bool names_missing_ = false;  ///< a section could not be read: whoever uses its names is not to blame
};

}  // namespace

LoadedFiles load_files(const std::string& root, const std::vector<std::string>& overlays, FileReader& reader,
                       Sources& sources, DiagnosticSink& sink, Reading reading) {
  return FileLoader(reader, sources, sink).load(root, overlays, reading);
}

std::string with_article(NameKind kind) {
  return fmt::format("{} {}", kind == NameKind::Interface ? "an" : "a", word(kind));
}

const FileScope& Spec::scope_of(const Span& where, const FileScope& otherwise) const {
  const auto found =
      std::find_if(scopes.begin(), scopes.end(), [&](const FileScope& one) { return one.source == where.file; });
  return found == scopes.end() ? otherwise : *found;
}

}  // namespace dynamo
