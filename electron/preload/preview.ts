import { contextBridge } from 'electron'

/**
 * Runs before any script of a previewed page, in each of its frames. A page that makes calls could have names
 * looked up whatever the session's proxy says, and a name carries what it is made of. Nothing crosses over.
 */
contextBridge.executeInMainWorld({
  func: () => {
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection'])
      Reflect.deleteProperty(globalThis, name)
  },
})
