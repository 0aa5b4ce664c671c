# What `cmake --install` puts where, so that find_package(alsace) gives alsace::alsace.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(ALSACE_CONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/alsace)

install(TARGETS alsace EXPORT alsaceTargets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/alsace TYPE INCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE TYPE DOC)
if(ALSACE_BUILD_CLI)
  install(TARGETS alsace_cli)
endif()

install(EXPORT alsaceTargets NAMESPACE alsace:: DESTINATION ${ALSACE_CONFIG_DIR})
configure_package_config_file(cmake/alsaceConfig.cmake.in ${PROJECT_BINARY_DIR}/alsaceConfig.cmake
  INSTALL_DESTINATION ${ALSACE_CONFIG_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/alsaceConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/alsaceConfig.cmake ${PROJECT_BINARY_DIR}/alsaceConfigVersion.cmake
  DESTINATION ${ALSACE_CONFIG_DIR})
