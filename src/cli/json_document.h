// What the JSON documents (the summary, the end event, the result of `bench`) have in common.
#ifndef DNSWARM_CLI_JSON_DOCUMENT_H_
#define DNSWARM_CLI_JSON_DOCUMENT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace dnswarm::cli {

using Json = nlohmann::ordered_json;

// With a line end. Text with octets that are not UTF-8 (a file's name, say) becomes valid.
inline std::string document_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_JSON_DOCUMENT_H_
