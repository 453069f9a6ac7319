#include "orchestrator/log_file.h"

#include "proto/check.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>
#include <utility>

namespace dynamo {
namespace {

constexpr std::chrono::milliseconds time_step{100};

constexpr std::string_view extension = ".log";

/// The path without its extension, which is always ".log".
std::string_view stem_of(std::string_view log) { return log.substr(0, log.size() - extension.size()); }

std::string index_of(std::string_view log) { return fmt::format("{}.index", stem_of(log)); }

FileDescriptor open_to_append(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600));
}

/// How many bytes could be written.
std::size_t write_all(int descriptor, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  return done;
}

}  // namespace

LogLimits share_of(const LogLimits& whole_run, std::size_t replicas) {
  constexpr std::uint64_t least = std::uint64_t{256} * 1024;
  LogLimits share = whole_run;
  if (share.total_bytes == 0) return share;
  share.total_bytes = std::max(share.total_bytes / std::max<std::size_t>(replicas, 1), 2 * least);
  // Two files at least, so that what was written last is never gone as a whole.
  const std::uint64_t half = share.total_bytes / 2;
  share.file_bytes = share.file_bytes == 0 ? half : std::min(share.file_bytes, half);
  return share;
}

LogFile::LogFile(Clock& clock, const std::filesystem::path& path, LogLimits limits)
    : clock_(clock), path_(path.string()), limits_(limits) {
  DYNAMO_CHECK(path_.ends_with(extension), "the name of a log ends in .log");
}

std::string LogFile::numbered(int number) const { return fmt::format("{}.{}{}", stem_of(path_), number, extension); }

Result<void> LogFile::open() {
  if (file_) return {};
  file_ = open_to_append(path_);
  if (!file_) return errno_failure("open " + path_);
  struct stat facts {};
  if (::fstat(file_.get(), &facts) == 0) size_ = static_cast<std::uint64_t>(facts.st_size);
  begun_ = clock_.now();
  mark_.reset();
  if (size_ > 0) find_old_ones();
  return {};
}

/// Somebody else has turned files over before: this program, before it replaced itself.
void LogFile::find_old_ones() {
  const std::filesystem::path path(path_);
  const std::string begin = path.stem().string() + ".";
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path.parent_path(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(begin) || !name.ends_with(".log") || name.size() <= begin.size() + 4) continue;
    const char* first = name.data() + begin.size();
    const char* last = name.data() + name.size() - 4;
    Old old;
    if (std::from_chars(first, last, old.number).ptr != last) continue;
    std::error_code ignored;
    old.bytes = entry->file_size(ignored);
    old_.push_back(old);
  }
  std::ranges::sort(old_, {}, &Old::number);
  if (!old_.empty()) next_number_ = old_.back().number + 1;
}

int LogFile::append(std::string_view bytes, OutputStream stream, int incarnation, bool between_lines) {
  if (bytes.empty()) return 0;
  if (between_lines && is_due(bytes.size())) turn_over();
  mark(stream, incarnation);
  const std::size_t written = write_all(file_.get(), bytes);
  size_ += written;
  lost_bytes_ += bytes.size() - written;
  return written == bytes.size() ? 0 : errno;
}

bool LogFile::is_due(std::size_t more) const {
  if (size_ == 0) return false;
  if (limits_.file_bytes > 0 && size_ + more > limits_.file_bytes) return true;
  return limits_.age > Duration::zero() && clock_.now() - begun_ >= limits_.age;
}

/// Whatever fails here, the bytes go on into a file that is open.
void LogFile::turn_over() {
  const std::string old = numbered(next_number_);
  std::error_code gone;
  std::filesystem::rename(path_, old, gone);
  // A file that somebody has removed or renamed is simply begun again; one that cannot be renamed goes on.
  if (gone && gone != std::errc::no_such_file_or_directory) return;
  FileDescriptor next = open_to_append(path_);
  if (!next) {
    if (!gone) std::filesystem::rename(old, path_, gone);
    return;
  }
  std::error_code ignored;
  std::filesystem::rename(index_of(path_), index_of(old), ignored);
  if (!gone) old_.push_back({next_number_++, size_});
  file_ = std::move(next);
  index_.close();
  size_ = 0;
  begun_ = clock_.now();
  mark_.reset();
  remove_old_ones();
}

void LogFile::remove_old_ones() {
  if (limits_.total_bytes == 0) return;
  std::uint64_t total = limits_.file_bytes;
  for (const Old& old : old_) total += old.bytes;
  for (; !old_.empty() && total > limits_.total_bytes; old_.erase(old_.begin())) {
    total -= std::min(total, old_.front().bytes);
    const std::string log = numbered(old_.front().number);
    std::error_code ignored;
    std::filesystem::remove(log, ignored);
    std::filesystem::remove(index_of(log), ignored);
  }
}

void LogFile::mark(OutputStream stream, int incarnation) {
  const Clock::TimePoint now = clock_.now();
  const bool known = mark_ && mark_->stream == stream && mark_->incarnation == incarnation;
  if (known && now - mark_->time < time_step) return;
  mark_ = Mark{stream, incarnation, now};
  // Without an index the log is as good as ever, only harder to read.
  if (!index_) index_ = open_to_append(index_of(path_));
  if (!index_) return;
  write_all(index_.get(), fmt::format("{{\"at\":{},\"time\":{},\"stream\":\"{}\",\"incarnation\":{}}}\n", size_,
                                      clock_.wall_milliseconds(), word(stream), incarnation));
}

}  // namespace dynamo
