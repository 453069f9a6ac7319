// The one place where Asio, Beast and Boost.Process v2 are compiled; every other file sees declarations only.
// The first three headers are those that Boost.Process 1.81 forgets when it uses std::filesystem.
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#include <boost/utility/enable_if.hpp>

#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/process/v2/src.hpp>
