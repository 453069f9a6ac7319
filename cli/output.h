#pragma once
// Where a command's text goes: a descriptor of this process, or a string in a test. Only cli prints, and it
// prints through this.

#include "orchestrator/file_descriptor.h"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamo {

class Output {
 public:
  virtual ~Output() = default;
  /// Writes all of it. Once the reader has gone away, nothing is written any more and nothing is said.
  virtual void write(std::string_view text) = 0;
  /// Whether nothing can be written any more: the reader has gone away (a closed pipe, as in `dynamo graph list | head
  /// -1`), or the system has refused a write.
  [[nodiscard]] virtual bool closed() const { return false; }
  /// Why the system refused a write, if it did: a full disk, a descriptor that is not there. A reader that went away,
  /// or a terminal that hung up, is no failure.
  [[nodiscard]] virtual boost::system::error_code failure() const { return {}; }
  /// Whether nobody will ever see any of it, so that it need not be made.
  [[nodiscard]] virtual bool discards() const { return false; }

  /// While a run is watched over, a slow reader must not hold everything up: from now on write() keeps up to `room`
  /// bytes that the reader does not take, and leaves out whole texts beyond.
  virtual void do_not_wait(std::size_t /*room*/) {}
  /// Writes what was kept, as far as the reader takes it now. True if nothing is left to be written.
  virtual bool flush() { return true; }
  /// What was kept so far; it is no longer this object's to write.
  virtual std::string take_kept() { return {}; }
  /// How many lines were left out; told once, and only when the reader has caught up.
  virtual std::size_t take_lost() { return 0; }
  /// Waits for the reader again, first for what was kept. One that takes nothing for some seconds counts as gone: the
  /// end of a run must not hang on somebody who is suspended.
  virtual void wait_again() {}
};

class TextOutput final : public Output {
 public:
  void write(std::string_view text) override { text_ += text; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Writes to a descriptor that somebody else owns; SIGPIPE must be ignored in this process.
class DescriptorOutput final : public Output {
 public:
  explicit DescriptorOutput(int descriptor);
  void write(std::string_view text) override;
  [[nodiscard]] bool closed() const override { return closed_; }
  [[nodiscard]] boost::system::error_code failure() const override { return failure_; }
  [[nodiscard]] bool discards() const override { return discards_; }
  void do_not_wait(std::size_t room) override;
  bool flush() override;
  std::string take_kept() override;
  std::size_t take_lost() override;
  void wait_again() override;

 private:
  void write_all(std::string_view text);
  void write_with_patience(std::string_view text);
  [[nodiscard]] std::string_view write_some(std::string_view text);
  void refused(int error);

  int descriptor_;
  FileDescriptor own_;     ///< the same terminal, opened once more so that only we do not wait for it
  bool discards_ = false;  ///< it is /dev/null
  bool terminal_ = false;
  bool missing_ = false;  ///< the caller has closed it (`>&-`): what is opened under its number is not ours
  bool closed_ = false;
  boost::system::error_code failure_;
  bool impatient_ = false;  ///< the run is over: a reader who takes nothing counts as gone
  std::size_t room_ = 0;    ///< 0: write() waits
  std::size_t chunk_ = 0;   ///< so much can be written without waiting once poll() says that there is room
  std::string kept_;
  std::size_t lost_ = 0;
};

}  // namespace dynamo
