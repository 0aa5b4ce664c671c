# Warnings, sanitizers: for who builds Alsace itself, never seen by who links to it.
add_library(alsace_developer INTERFACE)
if(ALSACE_DEVELOPER)
  target_compile_options(alsace_developer INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  # g++ 12 and 13 see overlaps and frees that are not there, in std::string and std::sort at -O3
  # (GCC bugs 105329, 109224).
  target_compile_options(alsace_developer INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-free-nonheap-object>)
  target_compile_definitions(alsace_developer INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
endif()
if(ALSACE_SANITIZE)
  target_compile_options(alsace_developer INTERFACE
    -fsanitize=${ALSACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(alsace_developer INTERFACE -fsanitize=${ALSACE_SANITIZE})
endif()
