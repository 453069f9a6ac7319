#include "cli/diagnostics/fixes.h"

#include "cli/diagnostics/details.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

namespace dynamo {
namespace {

/// Far more than any file needs; each round makes or refuses a fix.
constexpr int most_rounds = 1000;

/// The same for all names of a file: links lead to it, and it may have several names.
std::string identity(const std::string& path) {
  struct stat file {};
  if (path != "-" && ::stat(path.c_str(), &file) == 0) return fmt::format("{}:{}", file.st_dev, file.st_ino);
  return std::filesystem::path(path).lexically_normal().string();
}

/// Files as they are on disk, or as they have been edited since. Each is read once, so that standard input can be
/// loaded again and nothing changes between two rounds.
class EditedFiles final : public FileReader {
 public:
  explicit EditedFiles(FileReader& disk) : disk_(disk) {}

  Result<std::string> read(const std::string& path) override {
    const std::string& name = name_of(path);
    if (const auto found = texts_.find(name); found != texts_.end()) return found->second.after;
    auto text = disk_.read(path);
    if (text.has_value()) texts_[name] = {.before = *text, .after = *text, .edits = {}};
    return text;
  }

  /// The name by which the file was read first.
  const std::string& name_of(const std::string& path) {
    const auto [name, is_new] = names_.emplace(path, path);
    if (is_new) name->second = first_names_.emplace(identity(path), path).first->second;
    return name->second;
  }
  EditedFile& of(const std::string& name) { return texts_[name]; }
  [[nodiscard]] std::map<std::string, EditedFile>& texts() { return texts_; }

 private:
  FileReader& disk_;
  std::map<std::string, EditedFile> texts_;         ///< by the first name
  std::map<std::string, std::string> names_;        ///< the first name of each name
  std::map<std::string, std::string> first_names_;  ///< by identity
};

/// A fix that is about to be made.
struct Candidate {
  const Diagnostic* diagnostic = nullptr;
  const Fix* fix = nullptr;
};

/// Bytes of a file by its first name: one file can be read twice, under two aliases or by two names.
struct Range {
  std::string file;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  auto operator<=>(const Range&) const = default;
};

bool touch(const Range& a, const Range& b) { return a.file == b.file && a.begin <= b.end && b.begin <= a.end; }

/// Neighbours are no overlap, but an insertion at the edge of another edit is: which would come first?
bool overlap(const Range& a, const Range& b) {
  if (a.begin == a.end || b.begin == b.end) return touch(a, b);
  return a.file == b.file && a.begin < b.end && b.begin < a.end;
}

/// What a diagnostic is about, wherever it stands now. Of a text that cannot be read only the first mistake is told, so
/// that the next one may be of the same words: there the place counts, too.
using Complaint = std::tuple<int, std::string, std::string, Position>;

bool is_about_text(const Diagnostic& diagnostic) { return diagnostic.code.number < 100; }

Complaint complaint_of(const Diagnostic& diagnostic) {
  const Span& where = diagnostic.primary.where;
  return {diagnostic.code.number, diagnostic.message, where ? where.file->name() : std::string(),
          where && is_about_text(diagnostic) ? where.start_position() : Position{}};
}

std::map<Complaint, int> complaints_of(const Loading& loading) {
  std::map<Complaint, int> result;
  for (const Diagnostic& one : loading.diagnostics) ++result[complaint_of(one)];
  return result;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Fixer {
 public:
  Fixer(const LoadRequest& request, FileReader& files) : request_(request), files_(files) {}

  Fixing run(const FileWriter& write) {
    Loading loading = validate(request_, files_);
    for (int round = 0; round < most_rounds; ++round) {
      std::vector<Candidate> candidates = candidates_of(loading);
      std::optional<Loading> after;
      while (!candidates.empty() && !(after = attempt(loading, candidates))) {
        if (candidates.size() == 1) {
          refuse(candidates.front());
          candidates.clear();
        } else {
          candidates.resize(candidates.size() / 2);
        }
      }
      if (!after) {
        if (candidates_of(loading).empty()) break;
        continue;
      }
      loading = std::move(*after);
    }
    note_unwritable(loading);
    Fixing result;
    result.left_out = std::move(left_out_);
    std::vector<std::string> refused;
    for (auto& [path, file] : files_.texts()) {
      if (file.before == file.after) continue;
      if (auto reason = write ? write(path, file) : std::nullopt) {
        result.unwritten.push_back(std::move(*reason));
        refused.push_back(path);
        file.after = file.before;
      } else {
        result.files.emplace(path, file);
      }
    }
    result.fixed = static_cast<std::size_t>(std::count_if(made_.begin(), made_.end(), [&](const auto& files) {
      return std::none_of(files.begin(), files.end(), [&](const std::string& file) { return has(refused, file); });
    }));
    result.loading = refused.empty() ? std::move(loading) : validate(request_, files_);
    return result;
  }

 private:
  Range range_of(const Span& where) { return {files_.name_of(where.file->name()), where.begin, where.end}; }

  bool is_readable(const Loading& loading, const std::string& file) {
    return std::none_of(loading.diagnostics.begin(), loading.diagnostics.end(), [&](const Diagnostic& one) {
      return one.code.number < 100 && one.primary.where && files_.name_of(one.primary.where.file->name()) == file;
    });
  }

  /// The first certain fix of each diagnostic, as far as it can be written and overlaps no other.
  std::vector<Candidate> candidates_of(const Loading& loading) {
    std::vector<Candidate> result;
    std::vector<Range> taken;
    for (const Diagnostic& diagnostic : loading.diagnostics) {
      for (const Fix& fix : diagnostic.fixes) {
        if (fix.applicability != Applicability::Machine || fix.edits.empty()) continue;
        if (!can_write(fix) || refused_.contains(complaint_of(diagnostic))) break;
        const bool free = std::all_of(fix.edits.begin(), fix.edits.end(), [&](const Edit& edit) {
          const Range range = range_of(edit.where);
          return std::none_of(taken.begin(), taken.end(), [&](const Range& one) { return overlap(range, one); });
        });
        if (free) {
          for (const Edit& edit : fix.edits) taken.push_back(range_of(edit.where));
          result.push_back({&diagnostic, &fix});
        }
        break;
      }
    }
    return result;
  }

  static bool can_write(const Fix& fix) {
    return std::all_of(fix.edits.begin(), fix.edits.end(), [](const Edit& edit) { return is_file(*edit.where.file); });
  }

  /// Makes the fixes; if something gets worse, everything is as before and none is returned.
  std::optional<Loading> attempt(const Loading& before, const std::vector<Candidate>& candidates) {
    std::map<std::string, std::vector<Edit>> edits;
    std::map<std::string, std::vector<std::string>> words;
    std::vector<std::vector<std::string>> touched;
    for (const Candidate& candidate : candidates) {
      std::vector<std::string>& names = touched.emplace_back();
      for (const Edit& edit : candidate.fix->edits) {
        names.push_back(files_.name_of(edit.where.file->name()));
        edits[names.back()].push_back(edit);
        words[names.back()].push_back(edit_in_words(*candidate.diagnostic, *candidate.fix, edit));
      }
    }
    std::map<std::string, std::string> old;
    std::vector<Range> changed;
    for (auto& [file, list] : edits) {
      std::string& text = files_.of(file).after;
      old[file] = text;
      text = edited(text, list);
      for (const Range& range : places_after(file, list)) changed.push_back(range);
    }
    Loading after = validate(request_, files_);
    if (got_worse(before, after, candidates, changed)) {
      for (auto& [file, text] : old) files_.of(file).after = std::move(text);
      return std::nullopt;
    }
    for (auto& [file, list] : words) {
      std::vector<std::string>& all = files_.of(file).edits;
      all.insert(all.end(), std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
    }
    made_.insert(made_.end(), std::make_move_iterator(touched.begin()), std::make_move_iterator(touched.end()));
    return after;
  }

  static std::vector<Range> places_after(const std::string& file, std::vector<Edit> edits) {
    std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.where.begin < b.where.begin; });
    std::vector<Range> result;
    std::int64_t moved = 0;
    for (const Edit& edit : edits) {
      const auto begin = static_cast<std::uint32_t>(edit.where.begin + moved);
      const auto size = static_cast<std::uint32_t>(edit.text.size());
      result.push_back({file, begin, begin + size});
      moved += static_cast<std::int64_t>(size) - (edit.where.end - edit.where.begin);
    }
    return result;
  }

  bool got_worse(const Loading& before, const Loading& after, const std::vector<Candidate>& candidates,
                 const std::vector<Range>& changed) {
    if (after.usage || after.unreadable) return true;
    const std::map<Complaint, int> old = complaints_of(before);
    const std::map<Complaint, int> now = complaints_of(after);
    const auto count = [](const std::map<Complaint, int>& list, const Complaint& complaint) {
      const auto found = list.find(complaint);
      return found == list.end() ? 0 : found->second;
    };
    std::map<Complaint, int> mended;
    for (const Candidate& candidate : candidates) ++mended[complaint_of(*candidate.diagnostic)];
    for (const auto& [complaint, times] : mended) {
      if (count(now, complaint) + times > count(old, complaint)) return true;
    }
    for (const Range& range : changed) {
      if (is_readable(before, range.file) && !is_readable(after, range.file)) return true;
    }
    // Mistakes that were hidden before may show themselves elsewhere, but nothing may be wrong with the edit itself.
    const auto is_edited = [&](const Label& label) {
      return label.where && std::any_of(changed.begin(), changed.end(),
                                        [&](const Range& range) { return overlap(range_of(label.where), range); });
    };
    return std::any_of(after.diagnostics.begin(), after.diagnostics.end(), [&](const Diagnostic& one) {
      if (one.severity != Severity::Error || count(old, complaint_of(one)) > 0) return false;
      return is_edited(one.primary) || std::any_of(one.others.begin(), one.others.end(), is_edited);
    });
  }

  void refuse(const Candidate& candidate) {
    refused_.insert(complaint_of(*candidate.diagnostic));
    left_out_.push_back(edit_in_words(*candidate.diagnostic, *candidate.fix, candidate.fix->edits.front()) +
                        ": would make it worse");
  }

  void note_unwritable(const Loading& loading) {
    for (const Diagnostic& diagnostic : loading.diagnostics) {
      for (const Fix& fix : diagnostic.fixes) {
        if (fix.applicability != Applicability::Machine || fix.edits.empty() || can_write(fix)) continue;
        const bool input = fix.edits.front().where.file->name() == "-";
        left_out_.push_back(fmt::format("{}: {} cannot be written", edit_in_words(diagnostic, fix, fix.edits.front()),
                                        input ? "standard input" : "the command line"));
        break;
      }
    }
  }

  const LoadRequest& request_;
  EditedFiles files_;
  std::set<Complaint> refused_;
  std::vector<std::string> left_out_;
  std::vector<std::vector<std::string>> made_;  ///< of each mistake that was mended: the files that were edited
};

bool has_words(std::string_view text) { return text.find_first_not_of(" \t\r\n") != std::string_view::npos; }

}  // namespace

std::string edited(std::string_view text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.where.begin < b.where.begin; });
  std::string result;
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    result += text.substr(done, edit.where.begin - done);
    result += edit.text;
    done = edit.where.end;
  }
  result += text.substr(done);
  return result;
}

std::string edit_in_words(const Diagnostic& diagnostic, const Fix& fix, const Edit& edit) {
  constexpr int widest = 60;
  const std::string_view old = edit.where.text();
  const std::string change = has_words(old) && has_words(edit.text)
                                 ? fmt::format("`{}` -> `{}`", clipped(old, widest), clipped(edit.text, widest))
                                 : visible(fix.title);
  // Where the diagnostic is told, which people have seen; what is edited may begin in front of it.
  const Span& told = diagnostic.primary.where;
  const Span& where = told && told.file->name() == edit.where.file->name() ? told : edit.where;
  return fmt::format("{}: {}: {}", place_text(where), diagnostic.code.text(), change);
}

Fixing fix_mistakes(const LoadRequest& request, FileReader& files, const FileWriter& write) {
  return Fixer(request, files).run(write);
}

}  // namespace dynamo
