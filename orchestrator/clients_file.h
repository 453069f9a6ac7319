#pragma once
// DYNAMO_CLIENTS_FILE: per replica one JSON file that tells where its clients' providers are and which are ready.
// It is replaced as a whole (rename), so that a reader never sees half of it, and only when something has changed;
// `revision` then grows by one.

#include "orchestrator/addresses.h"
#include "orchestrator/run.h"
#include "proto/plan.h"
#include "proto/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynamo {

/// The text of one file. A completed replica serves no more and is left out. Pure.
std::string clients_file_text(const Plan& plan, const std::vector<WorkerAddresses>& addresses,
                              const RunOptions& options, std::size_t worker, const std::vector<WorkerState>& states,
                              std::uint64_t revision);

/// FOLDER/SLOT-REPLICA.json
std::filesystem::path clients_file_path(const std::filesystem::path& folder, const PlannedProcess& process);

class ClientsFiles {
 public:
  /// The references must outlive it; the folder must exist.
  ClientsFiles(const Plan& plan, const std::vector<WorkerAddresses>& addresses, const RunOptions& options,
               std::filesystem::path folder);

  /// Writes the files whose content differs from what was written last. The first failure, if any; the others are
  /// written all the same.
  Result<void> update(const std::vector<WorkerState>& states);
  /// How often each file was written; an earlier program's count goes on, so that `revision` never goes back.
  [[nodiscard]] std::vector<std::uint64_t> revisions() const;
  void resume(const std::vector<std::uint64_t>& revisions);
  /// The same, when only replicas of these slots have changed.
  Result<void> update(const std::vector<WorkerState>& states, const std::set<std::string>& slots);

 private:
  Result<void> write(std::size_t worker, const std::vector<WorkerState>& states);

  const Plan& plan_;
  const std::vector<WorkerAddresses>& addresses_;
  const RunOptions& options_;
  std::filesystem::path folder_;
  struct Written {
    std::optional<std::size_t> content;  ///< the hash of the text with revision 0
    std::uint64_t revision = 0;
  };
  std::vector<Written> written_;
};

/// Writes a file that nobody reads yet.
Result<void> write_file(const std::filesystem::path& path, const std::string& text);
/// Writes `text` beside `path` and renames it over `path`.
Result<void> replace_file(const std::filesystem::path& path, const std::string& text);

}  // namespace dynamo
