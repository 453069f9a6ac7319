#include "orchestrator/event_log.h"

#include "proto/json.h"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <utility>

namespace dynamo {

Result<FileDescriptor> EventLog::open(const std::filesystem::path& file) {
  FileDescriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!descriptor) return errno_failure(fmt::format("write `{}`", file.string()));
  return descriptor;
}

EventLog::EventLog(Clock& clock, Observing& observing, FileDescriptor file, RunSnapshot initial)
    : clock_(clock), observing_(observing), file_(std::move(file)), snapshot_(std::move(initial)) {}

void EventLog::emit(Event event) {
  event.sequence = snapshot_.sequence + 1;
  event.time = clock_.wall_milliseconds();
  apply(snapshot_, event);
  const Result<void> written = write(event);
  observing_.event(event, snapshot_);
  // Told once: the run is worth more than its record.
  if (!written && !std::exchange(told_trouble_, true)) warn(written.error().message());
}

void EventLog::warn(std::string sentence, std::string worker) {
  Event event;
  event.kind = EventKind::Warning;
  event.worker = std::move(worker);
  event.reason = std::move(sentence);
  emit(std::move(event));
}

Result<void> EventLog::write(const Event& event) {
  const std::string line = boost::json::serialize(to_json(event)) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t done = ::write(file_.get(), rest.data(), rest.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno_failure("write the events of this run");
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

}  // namespace dynamo
