#pragma once
// The difference of two texts as `diff -u` shows it.

#include "cli/text/style.h"

#include <string>
#include <string_view>

namespace dynamo {

/// Empty if the texts are equal. `note` says in the second headline what the new text is.
std::string unified_diff(std::string_view before, std::string_view after, const std::string& name,
                         const std::string& note);

/// Lines that go red, lines that come green.
std::string color_diff(std::string_view diff, const Style& style);

}  // namespace dynamo
