include $(sort $(wildcard $(BR2_EXTERNAL_PLATEN_PATH)/package/*/*.mk))
